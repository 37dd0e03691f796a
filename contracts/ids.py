"""One NewType for each kind of identifier; the text is made by `kit.ids` or given by the institution."""

from __future__ import annotations

from typing import NewType

ClientId = NewType("ClientId", str)
AdvisorId = NewType("AdvisorId", str)
ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)
TurnId = NewType("TurnId", str)
HandoffId = NewType("HandoffId", str)
FundCode = NewType("FundCode", str)
