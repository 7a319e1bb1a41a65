"""A case system of a law office, with objection_docs below /objections and the office's own sign-in.

    python examples/host_app/app.py

and http://127.0.0.1:5000/ in the browser. Everybody's password is `demo`; a real system has its own way to sign in.
Batches and webhooks are carried out by `objection-docs work`, in another terminal.
"""

import os

from flask import Flask, abort, g, redirect, render_template_string, request, session, url_for

from objection_docs.service import ObjectionDocs, Person

#: Name → the role of the person in objection_docs; "": may use the case system alone.
PEOPLE = {"王敏": "legal", "周档": "archivist", "陈总": "admin", "前台": ""}
CASES = {"HT-2026-018": "恒泰诉明远主轴质量案", "HT-2026-021": "恒泰与远航运输案"}

PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{{ title }} · 案件系统</title>
<h1>{{ title }}</h1>{% if g.name %}<p>{{ g.name }} <a href="{{ url_for('sign_out') }}">退出</a></p>{% endif %}
{{ body|safe }}"""
CASE_LIST = """<ul>{% for id, label in cases.items() %}<li>{{ id }} {{ label }}：
<a href="{{ docs.url_for('write.choose', case=id) }}">写文书</a>
<a href="{{ docs.url_for('cases.case', case=id) }}">文书和期限</a></li>{% endfor %}</ul>
<p><a href="{{ docs.url_for() }}">检查文书</a></p>"""
SIGN_IN = """<form method="post"><input type="hidden" name="next" value="{{ next }}">
<p><label>姓名 <input name="name"></label></p>
<p><label>密码 <input name="password" type="password"></label></p><button>登录</button></form>"""


def who() -> Person | None:
    """For objection_docs: who is signed in here, and what the person may do there."""
    name = session.get("name")
    return Person(name, role=PEOPLE[name]) if name in PEOPLE else None


docs = ObjectionDocs(url_prefix="/objections", identify=who, sign_in="sign_in")


def create_app(**config) -> Flask:
    app = Flask("case_system")
    app.config.update(SECRET_KEY=os.environ.get("SECRET_KEY") or os.urandom(32), **config)
    docs.init_app(app)

    def page(title: str, body: str, **values):
        return render_template_string(PAGE, title=title, body=render_template_string(body, docs=docs, **values))

    @app.before_request
    def signed_in_only():
        g.name = session.get("name")
        if g.name is None and request.endpoint not in ("sign_in", None):
            return redirect(url_for("sign_in", next=request.full_path))
        return None

    @app.errorhandler(404)
    def not_found(_error):
        return page("案件系统里没有这一页", ""), 404

    @app.get("/")
    def index():
        return page("案件", CASE_LIST, cases=CASES)

    @app.get("/cases/<id>")
    def case(id: str):
        return page(CASES[id], "") if id in CASES else abort(404)

    @app.route("/sign-in", methods=["GET", "POST"])
    def sign_in():
        to = request.values.get("next", "")
        if request.method == "POST" and request.form["name"] in PEOPLE and request.form["password"] == "demo":
            session["name"] = request.form["name"]
            return redirect(to if to.startswith("/") and not to.startswith("//") else url_for("index"))
        return page("登录案件系统", SIGN_IN, next=to)

    @app.get("/sign-out")
    def sign_out():
        session.clear()
        return redirect(url_for("sign_in"))

    return app


if __name__ == "__main__":
    create_app().run(port=5000)
