// The report beside the pages: a click goes to the place and back, smoothly and with the keyboard's focus; advice is
// copied. Without this script the links still lead there.
"use strict";
(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";

  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#f-"], a[href^="#p-"]');
    const place = link && document.getElementById(decodeURIComponent(link.getAttribute("href").slice(1)));
    if (place) {
      event.preventDefault();
      for (const old of document.querySelectorAll(".shown")) old.classList.remove("shown");
      place.classList.add("shown");
      place.focus({ preventScroll: true });
      place.scrollIntoView({ behavior: calm, block: "center" });
      history.replaceState(null, "", "#" + place.id);
    }
    const both = event.target.closest("[data-places]");
    if (both) showBoth(both.dataset.places.split(" ").map((id) => document.getElementById(id)));
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });

  // Two places in two letters: each letter moves within its own frame, and both frames come into sight.
  function showBoth(places) {
    for (const old of document.querySelectorAll(".shown")) old.classList.remove("shown");
    for (const place of places) {
      place.classList.add("shown");
      const frame = place.closest(".sheets");
      const at = place.getBoundingClientRect().top - frame.getBoundingClientRect().top + frame.scrollTop;
      frame.scrollTo({ top: at - frame.clientHeight / 3, behavior: calm });
    }
    const panes = places[0].closest(".panes");
    if (panes.getBoundingClientRect().top < 0 || panes.getBoundingClientRect().bottom > innerHeight) {
      panes.scrollIntoView({ behavior: calm, block: "start" });
    }
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
