// 生成: items are added and dropped, what doesn't apply is hidden, and the letter shows beside the form as it grows.
// Without this script the form works by itself.
"use strict";
(() => {
  const form = document.getElementById("facts");
  const shown = document.getElementById("preview");
  const state = document.getElementById("preview-state");
  const pictures = document.getElementById("pictures");
  let sending = null;
  let waiting = 0;

  // What hangs on a choice made elsewhere is shown when it applies, and not sent when it doesn't.
  function apply() {
    for (const part of form.querySelectorAll("[data-when]")) {
      const fits = Object.entries(JSON.parse(part.dataset.when))
        .every(([name, keys]) => keys.includes(form.elements.namedItem(name)?.value));
      const frame = part.classList.contains("several") ? part.closest("section") : part;
      frame.hidden = !fits;
      for (const control of part.querySelectorAll("input, select, textarea")) control.disabled = !fits;
    }
    for (const section of form.querySelectorAll("section.panel")) { // no heading above nothing
      const parts = [...section.querySelectorAll(":scope > .row > .field")];
      if (parts.length) section.hidden = parts.every((part) => part.hidden);
    }
  }

  function renumber(items) {
    [...items.children].forEach((item, at) => {
      item.querySelector(".count").textContent = at + 1;
    });
  }

  form.addEventListener("click", (event) => {
    const add = event.target.closest(".add-item");
    if (add) {
      event.preventDefault();
      const field = add.closest(".several");
      const items = field.querySelector(".items");
      const number = Number(field.dataset.next ?? items.children.length);
      field.dataset.next = number + 1; // never a number twice, or two items would be one
      const item = field.querySelector("template").content.firstElementChild.cloneNode(true);
      for (const element of item.querySelectorAll("*")) {
        for (const name of ["id", "name", "for", "aria-describedby"]) {
          const value = element.getAttribute(name);
          if (value) element.setAttribute(name, value.replaceAll(".__.", `.${number}.`).replaceAll("-__-", `-${number}-`));
        }
      }
      items.append(item);
      renumber(items);
      item.querySelector("input, select, textarea").focus();
    }
    const drop = event.target.closest(".drop-item");
    if (drop) {
      const items = drop.closest(".items");
      drop.closest(".item").remove();
      renumber(items);
      items.parentElement.querySelector(".add-item").focus();
      later();
    }
  });

  function show(answer) {
    for (const old of form.querySelectorAll(".live")) old.remove();
    for (const fault of answer.faults) {
      const control = document.getElementById(fault.field);
      if (!control || control === document.activeElement || control.getAttribute("aria-invalid")) continue;
      const told = document.createElement("p");
      told.className = "fault-told live";
      told.textContent = fault.told;
      control.before(told);
    }
    reckon(answer.reckoned);
    shown.textContent = answer.text;
    if (answer.faults.length) {
      state.textContent = `有 ${answer.faults.length} 处写法不对，改好以前预览里没有：`
        + answer.faults.map((fault) => fault.label).join("、");
      return;
    }
    state.textContent = answer.missing.length ? `还缺 ${answer.missing.length} 项必填的，预览里标着“待补”。` : "必填的都有了。";
  }

  // What the program writes in a field that is left open, by the procedure and the dates.
  function reckon(told) {
    for (const old of form.querySelectorAll(".reckoned")) {
      if (!told[old.id.replace(/-reckoned$/, "")]) old.textContent = "";
    }
    for (const [id, text] of Object.entries(told)) {
      const field = document.getElementById(id);
      let place = document.getElementById(id + "-reckoned");
      if (!field) continue;
      if (!place) {
        place = document.createElement("p");
        place.className = "help reckoned";
        place.id = id + "-reckoned";
        if (field.classList.contains("several")) field.prepend(place);
        else {
          field.after(place);
          field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${place.id}`.trim());
        }
      }
      place.textContent = text;
    }
  }

  async function preview() {
    sending?.abort();
    sending = new AbortController();
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), signal: sending.signal });
      if (!answer.ok) throw new Error();
      show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") state.textContent = "预览没有更新：连接断了，或登录已失效。填写的内容还在这一页上。";
    }
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(preview, 500);
  }

  async function draw() {
    const button = document.getElementById("picture");
    button.disabled = true;
    state.textContent = "正在排版……";
    pictures.replaceChildren();
    try {
      for (let page = 1, pages = 1; page <= pages; page += 1) {
        const body = new FormData(form);
        body.set("page", page);
        const answer = await fetch(form.dataset.picture, { method: "POST", body });
        if (!answer.ok) throw new Error((await answer.json()).error);
        pages = Number(answer.headers.get("X-Pages"));
        const image = await createImageBitmap(await answer.blob());
        const canvas = document.createElement("canvas"); // an <img> of a blob would need a wider content policy
        canvas.width = image.width;
        canvas.height = image.height;
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", `第 ${page} 页的版面，文字见下面`);
        canvas.getContext("2d").drawImage(image, 0, 0);
        pictures.append(canvas);
      }
      state.textContent = "版面如下；再改动后请重新点“看版面”。";
    } catch (error) {
      state.textContent = "版面没有排出来：" + (error.message || "请稍后再试");
    }
    button.disabled = false;
  }

  document.getElementById("picture")?.addEventListener("click", draw);
  form.addEventListener("input", () => { apply(); later(); });
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  document.documentElement.classList.add("script");
  apply();
  preview();
  document.getElementById("faults")?.focus();
})();
