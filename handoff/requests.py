"""The client's side: asking for a person, leaving the queue or something to be called back for, rating."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contracts.reasons import REASONS
from handoff import store, views
from handoff.core import Work, logger
from handoff.estimate import Estimate
from handoff.leaving import RECENT, WAY_OUT, WAYS_OUT, Leaving, NoSlot
from handoff.leaving import NotWaiting as NotWaiting
from handoff.model import ClientView, HandoffState, TimelineMessage
from handoff.ports import Json
from handoff.record import Handoff
from handoff.states import Event
from handoff.topics import complained_about, topic_of
from kit.errors import Conflict, Invalid, NotFound

HIGH_NET_WORTH = "高净值"
_CANCEL = re.compile(r"^(取消排队|不排了|不用人工了|取消转人工)[。!]?$")
_SCORE = re.compile(r"^([1-5一二三四五])\s*(?:分|颗?星)?[。!]?$")
ASK_RATING = "请回复 1 到 5 分为本次服务打分,5 分最满意。"
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}


class ReasonUnknown(Invalid):
    """没有这个升级原因。"""

    code = "reason_unknown"


class RatingUnknown(NotFound):
    """没有需要评价的服务。"""

    code = "rating_unknown"


class AlreadyRated(Conflict):
    """您已经评价过这次服务,谢谢。"""

    code = "already_rated"


@dataclass(frozen=True)
class Ask:
    """A request, its client known; the fields are those of `Requests.request`."""

    conversation_id: str
    client: ClientView
    reasons: tuple[str, ...]
    topic: str | None = None
    second_topic: str | None = None
    facts: tuple[dict[str, str], ...] = ()
    note: str = ""
    key: str | None = None
    channel: str | None = None
    announce: bool = True
    about: str | None = None


class Requests(Leaving):
    async def request(
        self,
        conversation_id: str,
        client_id: str,
        reasons: Sequence[str],
        *,
        topic: str | None = None,
        second_topic: str | None = None,
        facts: Sequence[dict[str, str]] = (),
        note: str = "",
        key: str | None = None,
        channel: str | None = None,
        announce: bool = True,
        about: str | None = None,
    ) -> Json:
        """Ask for a person: `{handoff_id, state, position, wait_seconds, words, already, advisor}`.

        The same key does nothing twice; an open handoff takes the new reasons and facts in and keeps its place.
        announce  write place and wait into the timeline; False when the bot says `words` itself
        about     the advisor a complaint is about, when it is known

        Raises ReasonUnknown.
        """
        unknown = [code for code in reasons if code not in REASONS]
        if unknown:
            raise ReasonUnknown(f"没有这个升级原因:{'、'.join(unknown)}", reasons=unknown)
        return await self._enter(Ask(
            conversation_id, await self._client(client_id), tuple(reasons), topic, second_topic, tuple(facts), note, key,
            channel, announce, about,
        ))  # fmt: skip

    async def _enter(self, ask: Ask) -> Json:
        """The answer to a request whose client is known."""
        async with self.work() as work:
            return await self._asked(work, ask)

    async def _asked(self, work: Work, ask: Ask) -> Json:
        known = await store.by_key(work.connection, ask.key, ask.conversation_id) if ask.key else None
        if known is not None:
            return views.status_json(known, await self.scene(work.connection, work.now), already=True)
        handoff = await store.open_of(work.connection, ask.conversation_id)
        already = handoff is not None
        if handoff is not None:
            handoff = await self._take_in(work, handoff, ask)
        else:
            handoff = await self._opened_for(work, ask, await self._knew(work, ask.conversation_id))
            await store.add(work.connection, handoff)
            detail = {"reasons": list(ask.reasons), "topic": handoff.topic}
            await self.record(work, handoff.id, "request", handoff.client_id, detail)
            logger.info("Handoff requested", action="handoff_requested", handoff_id=handoff.id)
            work.note(handoff)
        if ask.key:
            await store.add_key(work.connection, ask.key, handoff.id)
        return await self._answer(work, handoff.id, already=already, announce=ask.announce and not already)

    async def _opened_for(self, work: Work, ask: Ask, knew: str | None) -> Handoff:
        recent = await self._timeline.history(work.connection, ask.conversation_id, RECENT)
        return self._opened(
            ask.conversation_id, ask.client, ask.reasons, recent, topic=ask.topic, second_topic=ask.second_topic,
            facts=ask.facts, note=ask.note, channel=ask.channel, about=ask.about, now=work.now, knew=knew,
        )  # fmt: skip

    def _opened(
        self,
        conversation_id: str,
        client: ClientView,
        reasons: Sequence[str],
        recent: Sequence[TimelineMessage],
        *,
        topic: str | None,
        second_topic: str | None,
        facts: Sequence[dict[str, str]],
        note: str,
        channel: str | None,
        about: str | None,
        now: datetime,
        knew: str | None,
    ) -> Handoff:
        said = [message for message in recent if message.author == "client"]
        felt = next((message for message in reversed(said) if message.emotion), None)
        texts = [message.text for message in said]
        codes = list(dict.fromkeys(reasons)) or ["explicit_ask"]
        if client.tier == HIGH_NET_WORTH and "high_net_worth_channel" not in codes:
            codes.append("high_net_worth_channel")
        if about is None and "complaint" in codes:
            about = self._about(None, texts, note, client.own_advisor)
        return Handoff(
            id=self._new_id(), conversation_id=conversation_id, client_id=client.id, client=client,
            topic=topic_of(codes, topic, texts), second_topic=second_topic, reasons=tuple(codes), requested_at=now,
            channel=channel or (said[-1].channel if said else "web"), facts=tuple(dict(fact) for fact in facts),
            note=note, emotion=felt.emotion if felt else None, strength=(felt.strength or 0.0) if felt else 0.0,
            last_message=_last(said[-1]) if said else None, complained_about=about, knew=knew,
        )  # fmt: skip

    async def _take_in(self, work: Work, handoff: Handoff, ask: Ask) -> Handoff:
        """New reasons raise the priority; a waiting case whose only reason was the wish for a person takes the topic."""
        reasons, topic = ask.reasons, ask.topic
        merged = list(dict.fromkeys([*handoff.reasons, *reasons]))
        known = {fact["label"]: fact for fact in handoff.facts} | {fact["label"]: dict(fact) for fact in ask.facts}
        values: dict[str, Any] = {"reasons": merged, "facts": list(known.values())}
        if ask.note and ask.note not in handoff.note:
            values["note"] = f"{handoff.note} {ask.note}".strip()
        if handoff.state is HandoffState.WAITING and set(handoff.reasons) <= {"explicit_ask", "high_net_worth_channel"}:
            values["topic"] = topic_of(reasons, topic) if topic or set(reasons) - {"explicit_ask"} else handoff.topic
        elif topic and topic != handoff.topic:
            values["second_topic"] = handoff.second_topic or topic
        if ask.second_topic:
            values["second_topic"] = ask.second_topic
        if merged != list(handoff.reasons):
            detail = {"reasons": list(reasons), "topic": topic}
            await self.record(work, handoff.id, "reasons", handoff.client_id, detail)
        if "complaint" in reasons and handoff.complained_about is None:
            recent = await self._timeline.history(work.connection, ask.conversation_id, RECENT)
            texts = [message.text for message in recent if message.author == "client"]
            values["complained_about"] = self._about(ask.about, texts, ask.note, handoff.client.own_advisor)
            if handoff.offered_to is not None and handoff.offered_to == values["complained_about"]:
                handoff = await self._take_back(work, handoff, Event.WITHDRAW, "withdrawn", None, actor="matching")
        return work.note(await store.amend(work.connection, handoff.id, **values))

    def _about(self, told: str | None, texts: Sequence[str], note: str, own_advisor: str | None) -> str | None:
        """Whom a complaint is about: as told, or as the client's latest words name him."""
        names = {advisor.id: advisor.name for advisor in self._roster.values()}
        return told or complained_about([*texts[-3:], note], names, own_advisor)

    async def _answer(self, work: Work, handoff_id: str, *, already: bool, announce: bool) -> Json:
        await self.match(work)
        handoff = await store.get(work.connection, handoff_id)
        scene = await self.scene(work.connection, work.now)
        found = scene.estimate(handoff) if handoff.queued else Estimate(0, 0)
        if not already:
            told = work.now if found.wait_seconds is None else None
            await store.amend(work.connection, handoff.id, estimated_seconds=found.wait_seconds, told_closed_at=told)
        if announce:
            await self.say(work, handoff.conversation_id, f"已为您转人工。{scene.words(handoff)}")
        return views.status_json(handoff, scene, already=already)

    async def _knew(self, work: Work, conversation_id: str) -> str | None:
        last = await store.latest_of(work.connection, conversation_id)
        fresh = timedelta(hours=self.policy.matching.knew_case_hours)
        return last.owner_id if last is not None and self.recent(last, fresh) else None

    async def status_of(self, conversation_id: str) -> Json:
        """The open handoff's status for the dialogue core, {} when there is none."""
        await self.roster()
        async with self._engine.begin() as connection:
            handoff = await store.open_of(connection, conversation_id)
            if handoff is None:
                return {}
            return views.status_json(handoff, await self.scene(connection, self._clock.now()), already=True)

    async def cancel(self, conversation_id: str) -> None:
        """The client leaves the queue. Raises NotWaiting."""
        async with self.work() as work:
            handoff = await self._queued(work, conversation_id)
            await self._withdraw_offer(work, handoff)
            await self.step(
                work, handoff, Event.CANCEL, actor=handoff.client_id, ended_at=work.now, outcome="cancelled",
                offered_to=None, offer_expires_at=None,
            )  # fmt: skip
            await self.say(work, conversation_id, "已为您取消排队,需要时随时可以再转人工。")
            await self.match(work)

    async def command(self, conversation_id: str, text: str) -> bool:
        """Whether the client's message was an answer to us (留言, 回电, 预约, 取消排队, a score) and is dealt with.

        Call it before a turn is started; True means that the bot needs to say nothing.
        """
        # Full-width figures and marks, as phones write them, become plain ones.
        bare = unicodedata.normalize("NFKC", text).strip()
        way, score = WAY_OUT.match(bare), _SCORE.match(bare)
        state = await self.client_state(conversation_id) if way or score or _CANCEL.match(bare) else {}
        try:
            if score and state.get("rating_asked") and await self._scored(conversation_id, bare):
                points = int(_DIGITS.get(score[1], score[1]))
                await self.rate(state["rating_asked"]["handoff_id"], conversation_id.removeprefix("cv-"), points)
            elif way and state.get("waiting"):
                await self.leave(conversation_id, WAYS_OUT[way[1]], (way[2] or "").strip())
            elif not score and not way and state.get("waiting"):
                await self.cancel(conversation_id)
            else:
                return False
        except NoSlot as error:
            async with self.work() as work:
                await self.say(work, conversation_id, error.message)
        except Conflict:
            return False
        return True

    async def _scored(self, conversation_id: str, text: str) -> bool:
        """A bare figure is a score only right after we asked for one; with 分 or 星 it always is."""
        if "分" in text or "星" in text:
            return True
        async with self._engine.begin() as connection:
            history = await self._timeline.history(connection, conversation_id, RECENT)
        heard = next((message.text for message in reversed(history) if message.author != "client"), "")
        return heard.endswith(ASK_RATING)

    async def understood(
        self, conversation_id: str, text: str, *, at: datetime, emotion: str | None, strength: float | None
    ) -> None:
        """A client's message was read: emotion and last message of the open handoff follow it."""
        async with self.work() as work:
            handoff = await store.open_of(work.connection, conversation_id)
            if handoff is None:
                return
            values: dict[str, Any] = {"last_message": {"author": "client", "text": text, "at": at.isoformat()}}
            if emotion is not None:
                values |= {"emotion": emotion, "strength": strength or 0.0}
            changed = await store.amend(work.connection, handoff.id, **values)
            work.changed[changed.id] = changed

    async def rate(self, handoff_id: str, client_id: str, score: int, comment: str | None = None) -> None:
        """The client's score, 1..5; the same score again does nothing. Raises RatingUnknown, AlreadyRated."""
        async with self.work() as work:
            handoff = await store.get(work.connection, handoff_id)
            if handoff.client_id != client_id or handoff.ended_at is None or handoff.owner_id is None:
                raise RatingUnknown
            if handoff.score == score:
                return
            if handoff.score is not None:
                raise AlreadyRated
            work.note(await store.amend(work.connection, handoff.id, score=score, score_comment=comment))
            await self.record(work, handoff.id, "rated", client_id, {"score": score})
            thanks = "感谢您的评价!" if score > 3 else "感谢您的评价,很抱歉这次没有让您满意,我们会改进。"
            await self.say(work, handoff.conversation_id, thanks)


def _last(message: TimelineMessage) -> Json:
    return {"author": message.author, "text": message.text, "at": message.at.isoformat()}
