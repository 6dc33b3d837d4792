"""What makes no sense in a directory although each part of it is well written."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from adapters.configuration.entry import DepartmentEntry
from adapters.configuration.kinds import KIND_RULES
from one_things.text import Text
from one_things.yaml_file import Place


class Misfit(NamedTuple):
    """A mistake with its place in the file."""

    place: Place
    code: str
    reason: Text
    fix: Text


def misfits(departments: Mapping[str, DepartmentEntry]) -> Iterator[Misfit]:
    """Every mistake in these entries."""
    for code, entry in departments.items():
        at: Place = ("departments", code)
        yield from _of_the_kind(at, entry)
        yield from _of_the_address(at, entry)
        yield from _of_the_key_ids(at, code, entry)
        yield from _of_the_codes(at, entry)
        yield from _of_the_folder(at, entry)
        yield from _of_the_calendar(at, entry)


def _of_the_kind(at: Place, entry: DepartmentEntry) -> Iterator[Misfit]:
    rule = KIND_RULES[entry.kind]
    for name in sorted(rule.needs):
        if name not in entry.model_fields_set or not getattr(entry, name):
            yield Misfit(
                at,
                f"{name}-missing",
                Text(zh=f"{entry.kind} 类部门缺少“{name}”。", en=f"'{name}' is missing: {entry.kind} needs it."),
                Text(zh=f"请补充 {'.'.join(map(str, at))}.{name}。", en=f"Add {'.'.join(map(str, at))}.{name}."),
            )
    for name in sorted(entry.model_fields_set - rule.knows):
        yield Misfit(
            (*at, name),
            "no-effect",
            Text(zh=f"“{name}”对 {entry.kind} 类部门没有作用。", en=f"'{name}' has no effect on {entry.kind}."),
            Text(zh="请删去，或核对 kind。", en="Leave it out, or check the kind."),
        )


def _of_the_address(at: Place, entry: DepartmentEntry) -> Iterator[Misfit]:
    if entry.url is None:
        return
    if entry.url.username or entry.url.password:
        yield Misfit(
            (*at, "url"),
            "url-with-credentials",
            Text(zh="地址中含有账号或密码。", en="The address holds a user name or a password."),
            Text(
                zh="请从地址中删去，改用 token，并更换已写入的密码。",
                en="Take it out, use token, and replace the secret: it was written down.",
            ),
        )
    if entry.url.query or entry.url.fragment:
        yield Misfit(
            (*at, "url"),
            "url-with-query",
            Text(zh="地址中含有 ? 或 #。", en="The address holds a query or a fragment."),
            Text(zh="请只写到路径为止。", en="Write it up to the path: what is asked for is added to it."),
        )


def _of_the_key_ids(at: Place, code: str, entry: DepartmentEntry) -> Iterator[Misfit]:
    for key_id in entry.keys:
        # The gateway reads the department off the key id, so an id of another's would let this one decide for it.
        if key_id.rpartition(".")[0] != code or key_id.endswith("."):
            yield Misfit(
                (*at, "keys", key_id),
                "key-of-another",
                Text(zh=f"{key_id} 不属于 {code}。", en=f"The key id {key_id} does not read {code}.<version>."),
                Text(zh=f"请写成 {code}.1、{code}.2 等。", en=f"Name it {code}.1, {code}.2 and so on."),
            )


def _of_the_codes(at: Place, entry: DepartmentEntry) -> Iterator[Misfit]:
    seen: dict[str, str] = {}
    for item, code in entry.codes.items.items():
        earlier = seen.setdefault(code, item)
        if earlier != item:
            yield Misfit(
                (*at, "codes", "items", item),
                "code-twice",
                Text(zh=f"“{code}”已用于 {earlier}。", en=f"'{code}' stands for {earlier} already."),
                Text(zh="每个事项须有自己的代码。", en="Give each item a code of its own."),
            )


def _of_the_folder(at: Place, entry: DepartmentEntry) -> Iterator[Misfit]:
    if entry.folder is not None and entry.folder.out == entry.folder.into:
        yield Misfit(
            (*at, "folder"),
            "one-folder-for-both",
            Text(zh="收发使用同一文件夹。", en="One folder for both directions."),
            Text(zh="请分别指定 out 和 in。", en="Name one for out and another for in."),
        )
    if entry.folder is not None and entry.sftp is None and "time_outs" in entry.model_fields_set:
        yield Misfit(
            (*at, "time_outs"),
            "no-effect",
            Text(zh="“time_outs”对本机文件夹没有作用。", en="'time_outs' has no effect on folders of this machine."),
            Text(zh="请删去，或填写 sftp。", en="Leave it out, or name the server with sftp."),
        )


def _of_the_calendar(at: Place, entry: DepartmentEntry) -> Iterator[Misfit]:
    seen: dict[date, str] = {}
    for kind, periods in (("closed", entry.calendar.closed), ("open", entry.calendar.open)):
        for number, period in enumerate(periods):
            twice = next((day for day in period.days if day in seen), None)
            if twice is not None:
                yield Misfit(
                    (*at, "calendar", kind, number),
                    "day-twice",
                    Text(zh=f"{twice} 已列在 {seen[twice]} 中。", en=f"{twice} stands in {seen[twice]} already."),
                    Text(zh="每一天只写一次。", en="Write each day once."),
                )
            seen |= dict.fromkeys(period.days, f"calendar.{kind}")
