// 检查: files are dropped or chosen, sent one by one, each with its own progress. Without this script the form works.
"use strict";
(() => {
  const form = document.getElementById("upload");
  const input = document.getElementById("file");
  const drop = document.getElementById("drop");
  const list = document.getElementById("files");
  const summary = document.getElementById("summary");
  const most = Number(form.dataset.most);
  const bytes = Number(form.dataset.megabytes) * 1e6;

  const make = (name, text, parent, className) => {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    if (className) element.className = className;
    parent?.append(element);
    return element;
  };

  function row(file) {
    const item = make("li", "", list);
    const head = make("div", "", item, "list-head");
    const name = make("span", file.name, head, "file");
    const state = make("span", "等待", head, "verdict");
    const bar = make("progress", "", item);
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name + "的进度");
    const said = make("p", "", item, "soft");
    return { head, name, state, bar, said };
  }

  function send(file, shown) {
    return new Promise((done) => {
      const body = new FormData(form);
      body.delete("file");
      body.append("file", file);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) shown.bar.value = (event.loaded / event.total) * 90;
        shown.state.textContent = "上传中";
      });
      request.upload.addEventListener("load", () => {
        shown.bar.removeAttribute("value"); // moves on by itself while the letter is read
        shown.state.textContent = "检查中";
      });
      request.addEventListener("loadend", () => {
        shown.bar.remove();
        const answer = request.response;
        const report = answer?.reports?.[0];
        if (!report) {
          shown.state.textContent = "没有完成";
          shown.state.className = "verdict unreadable";
          shown.said.textContent = answer?.error || ([0, 401, 403].includes(request.status)
            ? "连接断了，或登录已失效；请刷新这一页再试。" : "服务出错，请稍后再试。");
          return done(null);
        }
        shown.state.textContent = report.label;
        shown.state.className = "verdict " + report.verdict;
        shown.said.textContent = report.told;
        const link = make("a", file.name);
        link.href = report.place;
        shown.name.replaceWith(link);
        done(report);
      });
      request.send(body);
    });
  }

  async function checkAll(files) {
    list.replaceChildren();
    summary.textContent = "";
    document.getElementById("progress").hidden = false;
    if (files.length > most) {
      summary.textContent = `一次最多检查 ${most} 份文件，请分几次上传。`;
      return;
    }
    const rows = files.map((file) => [file, row(file)]);
    const reports = [];
    for (const [file, shown] of rows) {
      if (file.size > bytes) {
        shown.bar.remove();
        shown.state.textContent = "没有完成";
        shown.state.className = "verdict unreadable";
        shown.said.textContent = `超过 ${form.dataset.megabytes} MB，请压缩或拆分后再试。`;
        continue;
      }
      reports.push(await send(file, shown));
    }
    const good = reports.filter(Boolean);
    if (files.length === 1 && good.length === 1 && good[0].verdict !== "unreadable") {
      location.assign(good[0].place);
      return;
    }
    const lost = files.length - good.length; // too large, or the line broke
    const whole = good.filter((report) => report.verdict === "complete").length;
    const rest = good.length > whole ? `，其余 ${good.length - whole} 份请点开查看` : "";
    const missed = lost ? `；${lost} 份没有检查，原因见各份旁边` : "";
    summary.textContent = `${good.length} 份检查完毕：完整 ${whole} 份${rest}${missed}。`;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.files.length) checkAll([...input.files]);
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) checkAll([...event.dataTransfer.files].slice(0, most + 1));
    });
  }
  document.documentElement.classList.add("script");
})();
