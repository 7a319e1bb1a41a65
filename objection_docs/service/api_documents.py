"""/api/v1/documents: letters written from facts."""

from flask import Response, jsonify, request, url_for

from objection_docs import batches, desk
from objection_docs.jobs import Queue
from objection_docs.service import answers, scopes
from objection_docs.service.api_answers import Document, DocumentEntry
from objection_docs.service.api_base import PREFIX, blueprint, entry_of, given, home, now, problems, tagged
from objection_docs.service.api_requests import DocumentRequest
from objection_docs.service.api_work_answers import JobAnswer

_TAGS = ["文书"]


def links(id: str) -> dict:
    own = url_for("api.document", id=id)
    return {"self": own, "docx": f"{own}/docx", "pdf": f"{own}/pdf"}


@blueprint.route(f"{PREFIX}/documents", methods=["POST"], tags=_TAGS)
@blueprint.arguments(DocumentRequest)
@blueprint.response(201, Document, description="已生成并记入日志")
@problems(400, 409, 415, 422)
@scopes.needs("generate")
def create_document(asked: dict) -> tuple[Response, int, dict]:
    """由案件事实生成文书

    写错或缺少的事实在 errors 里逐项指出。同样的事实得到逐字节相同的 Word 文件。对它的检查随后记入：在那之前
    verdict 为空，report 为 null。
    """
    asked = given(asked)
    return written(answers.write(asked.pop("kind"), asked.pop("facts"), at_once=True, **asked))


def written(letter: desk.Letter) -> tuple[Response, int, dict]:
    """The answer to whoever had a letter made."""
    body = {"id": letter.id, "number": letter.number, "kind": letter.kind, "title": letter.title}
    body |= {"sha256": letter.sha256, "missing": list(letter.missing), "links": links(letter.id)}
    return jsonify(body), 201, {"Location": body["links"]["self"]}


@blueprint.route(f"{PREFIX}/documents/<id>", tags=_TAGS)
@blueprint.response(200, DocumentEntry, description="文书的记录")
@problems(404, 410)
@scopes.needs("generate", "archive")
def document(id: str) -> Response:
    """生成的文书：事实、检查结果和链接"""
    entry = entry_of(id, "generate", "shown")
    return tagged(entry.to_dict(full=True) | {"missing": list(entry.missing), "links": links(entry.id)})


@blueprint.route(f"{PREFIX}/documents/<id>/docx", tags=_TAGS)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=desk.DOCX, description="Word 文件")
@problems(404, 410)
@scopes.needs("generate", "archive")
def document_docx(id: str) -> Response:
    """文书的 Word 文件"""
    entry = entry_of(id, "generate", "file")
    return answers.download(*desk.file(entry.id, home=home()), desk.DOCX, entry.sha256)


@blueprint.route(f"{PREFIX}/documents/<id>/pdf", tags=_TAGS)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=desk.PDF, description="PDF 文件")
@blueprint.response(202, JobAnswer, description="已排队；按 Location 查看进度")
@problems(404, 410, 503)
@scopes.needs("generate", "archive")
def document_pdf(id: str) -> Response | tuple:
    """文书的 PDF

    需要本机装有 LibreOffice，转换约一秒。请求头带 `Prefer: respond-async` 时不等转换，答复 202 和任务的地址。
    """
    entry = entry_of(id, "generate", "file")
    if "respond-async" in request.headers.get("Prefer", "").replace(" ", "").split(",") and not entry.copy("pdf"):
        job = Queue(home()).put(batches.PDF, entry.id.encode(), who=scopes.who(), at=now())
        from objection_docs.service import api_jobs  # which shows links of documents

        return api_jobs.accepted(job)
    return answers.download(*desk.pdf_of(entry.id, home=home()), desk.PDF)
