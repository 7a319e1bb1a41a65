"""What a new letter takes over from an earlier one of the same case. Values in, values out."""

from objection_docs.packs.kinds import Fact, Kind

#: What is of one letter only, and must be written anew for the next.
_OF_ITS_OWN = {"number", "date", "delivery", "copies_to", "notes", "signature", "reply_request", "matter"}
_PARTIES = ("sender", "recipient")
#: How a form calls the letter that it answers or follows.
_EARLIER = ("notice", "prior")


def carried(old: Kind, facts: dict, new: Kind, title: str, number: str) -> dict:
    """Facts to begin the `new` kind with. `facts`, `title`, `number`: of the earlier letter, of kind `old`."""
    if old.id == new.id:
        return {name: value for name, value in facts.items() if name not in _OF_ITS_OWN - {"signature", "matter"}}
    here = {fact.name: fact for fact in new.facts}
    there = {fact.name: fact for fact in old.facts}
    swap = _answers(old) != _answers(new)
    out = {}
    for name, value in facts.items():
        to = _other_side(name) if swap and name.startswith(_PARTIES) else name
        if to in here and name in there and to not in _OF_ITS_OWN and _alike(there[name], here[to]):
            out[to] = value
    if "respondents" in here:  # a complaint goes to an authority, about the other party
        opponent = facts.get("sender" if swap else "recipient")
        out = {name: value for name, value in out.items() if not name.startswith("recipient")}
        if opponent:
            out["respondents"] = [{"name": opponent}]
    before = {"title": title, "number": facts.get("number") or number, "date": facts.get("date")}
    names = ((f"{word}_{part}", value) for word in _EARLIER for part, value in before.items())
    return out | {name: value for name, value in names if name in here and value and _answers(old) is False}


def _answers(kind: Kind) -> bool:
    """Whether it is written by the side that answers."""
    return any(fact.name == "notice_title" for fact in kind.facts)


def _other_side(name: str) -> str:
    mine, theirs = _PARTIES if name.startswith(_PARTIES[0]) else reversed(_PARTIES)
    return theirs + name.removeprefix(mine)


def _alike(a: Fact, b: Fact) -> bool:
    same = a.type == b.type and a.choices == b.choices
    return same and [(i.name, i.type) for i in a.items] == [(i.name, i.type) for i in b.items]
