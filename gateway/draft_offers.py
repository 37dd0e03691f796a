"""What an advisor's draft recommends, checked for this client before it is sent (requirement G1).

Each check is kept by the institution before what it allows is said: while that cannot be done nothing is recommended.
"""

from __future__ import annotations

from hashlib import sha256

from compliance import suitability, suitability_policy
from compliance.wording import Finding
from gateway.timeline.model import client_of
from institution.client import Institution
from kit.clock import SHANGHAI, Clock

#: Enough of the digest to tell the versions of one draft.
DIGEST_CHARS = 16


def may_offer(text: str) -> bool:
    """Whether the draft can recommend anything at all: most say nothing of the kind, and nobody is asked. Pure."""
    return suitability.OFFERS.search(text) is not None


async def unsuitable(
    institution: Institution, clock: Clock, conversation_id: str, message_id: str, text: str, *, by: str
) -> tuple[Finding, ...]:
    """The products that the draft recommends and this client may not be offered; the record of the checks is kept.

    by  the advisor's id

    Raises Unavailable: the institution does not answer.
    """
    client_id = client_of(conversation_id)
    # Who is not bound to an account has no risk test to check against, and nothing that he could buy with.
    if not client_id or not may_offer(text):
        return ()
    products = [suitability.product(fund) for fund in await institution.funds()]
    if not suitability.offered(text, products):
        return ()
    client, holdings = await institution.client(client_id), await institution.holdings(client_id)
    who, today = suitability.investor(client, holdings.items), clock.now().astimezone(SHANGHAI).date()
    offers = suitability.offers_in(text, who, products, suitability_policy.load(), today=today)
    # The same draft again keeps nothing twice; a changed one under the same id is checked and kept anew.
    key = f"draft-{message_id}-{sha256(text.encode()).hexdigest()[:DIGEST_CHARS]}"
    await institution.keep_suitability(client_id, [offer.record(by=by) for offer in offers], key)
    refused = [(offer.case.product.name, offer.refusal) for offer in offers]
    return tuple(Finding(name, why.basis, why.instead, why.id) for name, why in refused if why)
