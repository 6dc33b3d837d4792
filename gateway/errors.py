"""Everything the gateway refuses: one tree, each with a stable code, a status and a title in both languages.

Edges raise these; `problems.py` turns them into problem+json (RFC 9457) or a page, and publishes their schemas.
"""

from typing import ClassVar

from one_things.faults import Fault
from one_things.text import Text


class Problem(Exception):
    """Root of the tree. ``detail`` says it to a person; ``faults`` names each wrong field."""

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 500
    title: ClassVar[Text] = Text(zh="出错了", en="Something went wrong")

    def __init__(
        self, detail: Text | None = None, *, faults: tuple[Fault, ...] = (), headers: dict[str, str] | None = None
    ) -> None:
        super().__init__((detail or self.title).en)
        self.detail = detail
        self.faults = faults
        self.headers = headers or {}

    @property
    def stated_code(self) -> str:
        """The code that the answer carries; a few problems take it from what was refused further inside."""
        return self.code


class InternalFault(Problem):
    """A fault of ours; the trace id finds it in the log."""

    code = "internal"
    status = 500
    title = Text(zh="系统内部错误，已记录", en="A fault of ours; it has been recorded")


class NotSignedIn(Problem):
    """No token, or one that proves nothing."""

    code = "not-signed-in"
    status = 401
    title = Text(zh="请先登录", en="Please sign in")

    def __init__(self, detail: Text | None = None) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="one-thing"'})


class SignatureNotAccepted(Problem):
    """A department's message whose origin is not proved; the code says which check failed."""

    code = "signature-refused"
    status = 401
    title = Text(zh="签名未通过验证", en="The signature was not accepted")

    def __init__(self, code: str, detail: Text) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Signature realm="one-thing"'})
        self._code = code

    @property
    def stated_code(self) -> str:
        return self._code


class NotAllowed(Problem):
    """Signed in, but this role may not do that."""

    code = "not-allowed"
    status = 403
    title = Text(zh="没有权限", en="You may not do this")


class ForeignDepartment(Problem):
    """The message is about something that is not this department's."""

    code = "foreign"
    status = 403
    title = Text(zh="该事项不属于此部门", en="This belongs to another department")


class CrossSiteRefused(Problem):
    """A browser sent it from the page of another site."""

    code = "cross-site"
    status = 403
    title = Text(zh="请求不是从本站页面发出的", en="The request did not come from a page of this site")


class CaseNotFound(Problem):
    """There is no such case, or it is not the caller's: both read the same."""

    code = "unknown-case"
    status = 404
    title = Text(zh="没有找到该办件", en="No such case was found")


class DepartmentNotFound(Problem):
    """Nobody here knows a department of this code."""

    code = "unknown-department"
    status = 404
    title = Text(zh="没有找到该部门", en="No such department was found")


class ItemNotFound(Problem):
    """The case has no such item."""

    code = "unknown-item"
    status = 404
    title = Text(zh="该办件没有这个事项", en="The case has no such item")


class WorkbenchNotFound(Problem):
    """The department has a system of its own: nobody works for it on our pages."""

    code = "unknown-workbench"
    status = 404
    title = Text(zh="该部门没有使用工作台", en="This department does not work on the workbench")


class SourceNotFound(Problem):
    """The case looks up no such shared data."""

    code = "unknown-source"
    status = 404
    title = Text(zh="该办件没有这个数据来源", en="The case has no such source of shared data")


class BundleNotFound(Problem):
    """The catalogue has no such bundle."""

    code = "unknown-bundle"
    status = 404
    title = Text(zh="没有这个“一件事”", en="There is no such one-thing")


class VersionNotFound(Problem):
    """The bundle has no such version."""

    code = "unknown-version"
    status = 404
    title = Text(zh="这个“一件事”没有该版本", en="This one-thing has no such version")


class EventUnknown(Problem):
    """No bundle in force is begun by such an event."""

    code = "unknown-event"
    status = 404
    title = Text(zh="没有由该事件启动的“一件事”", en="No one-thing is begun by this event")


class ReceiptInvalid(Problem):
    """The token is no receipt of ours; the code says why: receipt-damaged, receipt-altered, receipt-key-unknown."""

    code = "receipt-invalid"
    status = 404
    title = Text(zh="收件凭证无效", en="This receipt is not valid")
    _REASONS: ClassVar[dict[str, Text]] = {
        "damaged": Text(
            zh="内容不完整或已损坏，请重新扫描二维码，或完整复制网址。",
            en="Part of it is missing or damaged. Scan the code again, or copy the whole address.",
        ),
        "altered": Text(
            zh="签名与内容不符：内容被改动或截断，或者不是本平台签发。",
            en="The signature does not fit: it was changed or cut short, or somebody else signed it.",
        ),
        "key-unknown": Text(
            zh="签名所用的密钥不属于本平台。", en="It was signed with a key that this platform never published."
        ),
    }

    def __init__(self, reason: str) -> None:
        super().__init__(self._REASONS[reason])
        self._code = f"receipt-{reason}"

    @property
    def stated_code(self) -> str:
        return self._code


class ReceiptErased(Problem):
    """The personal data of the case was erased on request, and with it what the receipt is derived from."""

    code = "receipt-erased"
    status = 410
    title = Text(
        zh="个人信息已依法删除，不能再次出具凭证；此前出具的凭证仍然有效",
        en="The personal data was erased, so the receipt cannot be issued again; those issued before stay valid",
    )


class PageNotFound(Problem):
    """Nothing lives at this path."""

    code = "not-found"
    status = 404
    title = Text(zh="没有找到这个页面", en="Nothing was found here")


class MethodNotAllowed(Problem):
    """The path exists, but not for this method."""

    code = "method-not-allowed"
    status = 405
    title = Text(zh="不支持这种请求方法", en="This method is not supported here")


class NotAcceptable(Problem):
    """The caller accepts no form in which this can be answered."""

    code = "not-acceptable"
    status = 406
    title = Text(zh="无法按所要求的格式回答", en="This cannot be answered in the form asked for")


class CommandNotPossible(Problem):
    """The state of the case does not allow it; the code says why (too-late, not-waiting, case-closed…)."""

    code = "not-possible"
    status = 409
    title = Text(zh="办件当前状态不允许此操作", en="The state of the case does not allow this")

    def __init__(self, code: str, detail: Text) -> None:
        super().__init__(detail)
        self._code = code

    @property
    def stated_code(self) -> str:
        return self._code


class CaseNotBegun(Problem):
    """The number is given out and the case is about to begin; there is nothing to show for a moment."""

    code = "case-not-begun"
    status = 409
    title = Text(zh="申请已收到，正在登记，请稍候", en="The application has arrived and is being registered")

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class KeyUsedOtherwise(Problem):
    """The idempotency key was used before with another body."""

    code = "idempotency-conflict"
    status = 409
    title = Text(zh="同一幂等键已用于内容不同的申请", en="This idempotency key was used with another body")


class BodyTooLarge(Problem):
    """More bytes than any honest request needs."""

    code = "body-too-large"
    status = 413
    title = Text(zh="提交内容过大", en="The body is too large")


class ContentTypeWrong(Problem):
    """The body is not of a type this path reads."""

    code = "content-type"
    status = 415
    title = Text(zh="不支持这种内容类型", en="This content type is not supported")


class BodyUnreadable(Problem):
    """The body is not JSON in UTF-8."""

    code = "body-unreadable"
    status = 400
    title = Text(zh="提交内容不是有效的 UTF-8 JSON", en="The body is not valid JSON in UTF-8")


class InputInvalid(Problem):
    """Something in the request is wrong; ``faults`` names every field at once."""

    code = "input-invalid"
    status = 422
    title = Text(zh="提交内容有误", en="Some of what was sent is wrong")


class ApplicationNotAccepted(Problem):
    """The application cannot become a case; ``faults`` says everything that is wrong and how to put it right."""

    code = "application-refused"
    status = 422
    title = Text(zh="申请暂不能提交", en="The application cannot be submitted yet")


class ContentKindWrong(Problem):
    """The content is, by its own bytes, nothing that can be handed in."""

    code = "content-kind"
    status = 415
    title = Text(zh="仅接收 PDF、OFD、JPEG 或 PNG 文件", en="Only PDF, OFD, JPEG and PNG files are taken")

    def __init__(self) -> None:
        super().__init__(
            Text(
                zh="文件内容不是上述格式（不以文件名判断），请转换后重新上传。",
                en="Its content is none of these, whatever its name says. Convert it and upload it again.",
            )
        )


class ContentEmpty(Problem):
    """There is nothing in the content."""

    code = "content-empty"
    status = 422
    title = Text(zh="文件是空的", en="The file is empty")

    def __init__(self) -> None:
        super().__init__(Text(zh="请检查文件后重新上传。", en="Look at the file and upload it again."))


class ContentDiffers(Problem):
    """The content is not the one whose digest was stated beside it."""

    code = "content-digest"
    status = 422
    title = Text(zh="文件内容与所附摘要不符", en="The content does not fit the digest that was sent with it")


class ContentNotFound(Problem):
    """No such content is held, or it is not for this caller: both read the same."""

    code = "unknown-content"
    status = 404
    title = Text(zh="没有找到这份材料的内容", en="No such content was found")


class ContentErased(Problem):
    """The personal data of the case was erased on request, and its contents with it."""

    code = "content-erased"
    status = 410
    title = Text(zh="个人信息已依法删除，材料内容不复存在", en="The personal data was erased, and the content with it")


class ContentDamaged(Problem):
    """The stored bytes do not open: they were altered, or the case's key is another one."""

    code = "content-damaged"
    status = 500
    title = Text(zh="材料内容已损坏，无法读取", en="The content is damaged and cannot be read")


class TooMuchUploaded(Problem):
    """The draft or the case holds as much as it may, or the caller has too many drafts."""

    code = "too-much-uploaded"
    status = 413
    title = Text(zh="上传的材料总量超过上限", en="More was uploaded than can be kept")

    def __init__(self) -> None:
        super().__init__(
            Text(zh="请压缩文件，或只上传所需材料。", en="Make the files smaller, or upload only what is asked for.")
        )


class TooManyStreams(Problem):
    """The process follows as many live streams as it may."""

    code = "too-many-streams"
    status = 503
    title = Text(zh="实时查看的人数过多，请稍后再试", en="Too many live views are open; try again shortly")

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "10"})


class OutOfService(Problem):
    """A part we need is away; the same request may be sent again."""

    code = "out-of-service"
    status = 503
    title = Text(zh="服务暂时不可用，请稍后重试", en="The service is away for a moment; please try again")

    def __init__(self, part: str) -> None:
        super().__init__(
            Text(zh=f"暂时无法连接：{part}", en=f"not reachable at present: {part}"), headers={"Retry-After": "2"}
        )
