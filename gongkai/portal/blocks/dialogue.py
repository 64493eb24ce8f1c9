"""互动交流: calls for opinions counting down, each closed call beside its feedback, open days,
interviews, questionnaires. Opinions go the ways the notice names; there is no form here."""

from typing import Any

from gongkai.portal import rules_dialogue as rules
from gongkai.portal import selectors, selectors_places
from gongkai.portal.blocks import Data, Options, Place, block
from gongkai.portal.rules import OPINION_WORDS
from gongkai.portal.rules_utilities import day_of_text

CSS = "portal/blocks/services.css"
SORTS = {
    "decision": "重大行政决策", "rule": "规章草案", "normative": "行政规范性文件", "plan": "规划",
    "other": "其他事项",
}  # fmt: skip
CALLS = 40


def _call(told: selectors.Told) -> dict[str, Any] | None:
    """A call with its term: of its own kind, or a general notice with two dates."""
    facts: dict[str, Any] = dict(told.facts)
    if told.kind == "notice":
        if not any(word in told.title for word in OPINION_WORDS) or not told.expires_on:
            return None
        opens = told.effective_on or told.formed_on
        facts = {
            "opens_on": opens.isoformat() if opens else "",
            "closes_on": told.expires_on.isoformat(),
            "phone": told.contact,
        }
    found = rules.term(facts)
    if found is None:
        return None
    sort = str(facts.get("sort", ""))
    return {
        "told": told,
        "term": found,
        "sort": SORTS.get(sort, ""),
        "note": rules.short_note(found, sort, str(facts.get("short_reason") or "")),
        "questions": (facts.get("questions") or ())[:3],
        "ways": facts.get("ways") or (),
        "phone": facts.get("phone", ""),
    }


def _calls(place: Place) -> list[dict[str, Any]]:
    told = place.told(kinds=("consultation", "notice"), size=CALLS)
    return [call for call in map(_call, told) if call is not None]


@block("calls", css=CSS)
def calls(place: Place, options: Options) -> Data | None:
    """Open calls, the one that closes first at the head; closed calls beside their feedback."""
    found = _calls(place)
    opened = [call for call in found if call["term"].state(place.today) == "open"]
    opened.sort(key=lambda call: (call["term"].closes, call["told"].id))
    for call in opened:
        call["big"], call["small"] = rules.left_words(call["term"].closes, place.today)
        call["gone"] = call["term"].share(place.today)
        call["urgent"] = (call["term"].closes - place.today).days < 3
    closed = [call for call in found if call["term"].state(place.today) == "closed"]
    closed.sort(key=lambda call: call["term"].closes, reverse=True)
    answers = selectors_places.public_answers(call["told"].id for call in closed)
    for call in closed:
        answer = answers.get(call["told"].id)
        call["answer"] = answer
        if answer:
            counts = rules.adoption(answer.facts)
            call["counts"] = counts
            call["parts"] = [
                {"left": left, "width": width, "tone": tone}
                for (left, width), tone in zip(
                    rules.parts([counts["adopted"], counts["partly"], counts["declined"]]),
                    ("green", "yellow", "grey"),
                    strict=False,
                )
                if width
            ]
        else:
            call["waiting"], call["late"] = rules.feedback_words(call["term"].closes, place.today)
    return {
        "opened": opened,
        "closed": closed[:8],
        "paired": sum(call["answer"] is not None for call in closed),
        "all_closed": len(closed),
        "today": place.today,
    }


@block("events", css=CSS)
def events(place: Place, options: Options) -> Data | None:
    """Open days: those to come with seats and how to sign up, those held with how many came."""
    rows: list[dict[str, Any]] = []
    for told in place.told(kinds=("event",), size=20):
        held = day_of_text(told.facts.get("held_on"))
        if held is None:
            continue
        closes = day_of_text(told.facts.get("signup_to"))
        words, tone = rules.event_state(held, closes, place.today)
        rows.append(
            {
                "told": told, "held": held, "closes": closes, "words": words, "tone": tone,
                "facts": told.facts, "over": held < place.today,
            }
        )  # fmt: skip
    coming = sorted((row for row in rows if not row["over"]), key=lambda row: row["held"])
    over = sorted((row for row in rows if row["over"]), key=lambda row: row["held"], reverse=True)
    return {"coming": coming, "over": over[:4]}


@block("interviews", css=CSS)
def interviews(place: Place, options: Options) -> Data | None:
    """Interviews with how many questions of the public were put and who answered."""
    rows: list[dict[str, Any]] = []
    for told in place.told(kinds=("interview",), size=int(options.get("size", 4))):
        exchange = told.facts.get("exchange") or ()
        rows.append(
            {
                "told": told,
                "held": day_of_text(told.facts.get("held_on")),
                "asked": rules.asked(exchange),
                "turns": len(exchange),
                "guests": told.facts.get("guests") or (),
            }
        )
    return {"rows": rows} if rows else None


@block("surveys", css=CSS)
def surveys(place: Place, options: Options) -> Data | None:
    """Questionnaires: open ones with how to take part, closed ones with n and every answer."""
    rows: list[dict[str, Any]] = []
    for told in place.told(kinds=("survey",), size=8):
        found = rules.term(told.facts)
        if found is None:
            continue
        people = rules.adoption({"received": told.facts.get("people")})["received"]
        big, small = rules.left_words(found.closes, place.today)
        rows.append(
            {
                "told": told,
                "term": found,
                "open": found.state(place.today) == "open",
                "big": big,
                "small": small,
                "people": people,
                "results": rules.shares(told.facts.get("results") or (), people),
                "questions": told.facts.get("questions") or (),
                "ways": told.facts.get("ways") or (),
                "phone": told.facts.get("phone", ""),
            }
        )
    if not rows:
        return None
    return {"rows": sorted(rows, key=lambda row: (not row["open"], row["told"].id))}
