// The report beside the pages: a click goes to the place and back, smoothly and with the keyboard's focus; advice is
// copied. Without this script the links still lead there.
"use strict";
(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  let came = {}; // the place that was gone to last, and the finding from which

  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#f-"], a[href^="#p-"]');
    if (link && go(link)) event.preventDefault();
    const both = event.target.closest("[data-places]");
    if (both) showBoth(both.dataset.places.split(" "));
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });

  // All that a name stands for, its beginning first: a place may go on in further boxes, or share words with another.
  function named(id) {
    const place = document.getElementById(id);
    const parts = document.querySelectorAll(`[data-of~="${CSS.escape(id)}"]`);
    return place ? [...new Set([place.closest("[data-of]") || place, ...parts])] : [];
  }

  function go(link) {
    let id = decodeURIComponent(link.getAttribute("href").slice(1));
    // words that several findings quote lead back to the one that was come from
    if (came.from && (link.dataset.of || "").split(" ").includes(came.to)) id = came.from;
    const parts = named(id);
    if (!parts.length) return false;
    const finding = link.closest(".element");
    came = finding ? { to: id, from: finding.id } : {};
    show(parts);
    parts[0].focus({ preventScroll: true });
    parts[0].scrollIntoView({ behavior: calm, block: "center" });
    history.replaceState(null, "", "#" + id);
    return true;
  }

  function show(parts) {
    for (const old of document.querySelectorAll(".shown")) old.classList.remove("shown");
    for (const part of parts) part.classList.add("shown");
  }

  // Two places in two letters: each letter moves within its own frame, and both frames come into sight.
  function showBoth(ids) {
    const all = ids.map(named), places = all.map((parts) => parts[0]);
    show(all.flat());
    for (const place of places) {
      const frame = place.closest(".sheets");
      const at = place.getBoundingClientRect().top - frame.getBoundingClientRect().top + frame.scrollTop;
      frame.scrollTo({ top: at - frame.clientHeight / 3, behavior: calm });
    }
    const panes = places[0].closest(".panes");
    if (panes.getBoundingClientRect().top < 0 || panes.getBoundingClientRect().bottom > innerHeight) {
      panes.scrollIntoView({ behavior: calm, block: "start" });
    }
  }

  // What is left out stays so when the page comes again, as after a form was sent.
  const only = document.getElementById("only");
  if (only) {
    only.checked = only.checked || sessionStorage.getItem("only") === only.value;
    only.addEventListener("change", () => sessionStorage.setItem("only", only.checked ? only.value : ""));
    const place = only.checked && document.getElementById(location.hash.slice(1));
    if (place) place.scrollIntoView({ block: "center" });
  }

  async function copy(button) {
    const advice = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(advice.textContent);
      button.textContent = "已复制";
    } catch { // over plain http no browser lets us: the words are selected, to be copied by hand
      getSelection().selectAllChildren(advice);
      button.textContent = "已选中，请按 Ctrl+C";
    }
  }
  document.documentElement.classList.add("script");
})();
