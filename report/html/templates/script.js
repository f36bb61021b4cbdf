(function () {
  "use strict";
  var form = document.getElementById("controls");
  var q = document.getElementById("q"), tunnel = document.getElementById("tunnel");
  var severity = document.getElementById("severity"), kind = document.getElementById("kind");
  var count = document.getElementById("count");
  var items = Array.from(document.querySelectorAll("[data-find]"));
  var parts = Array.from(document.querySelectorAll("[data-t]"));
  var arrows = Array.from(document.querySelectorAll("a[data-row]"));
  var chunks = Array.from(document.querySelectorAll(".chunk"));
  form.hidden = false;

  // words of an item, kept once they were looked at
  function text(e) {
    if (e.words === undefined) e.words = e.textContent.toLowerCase();
    return e.words;
  }

  function wanted(e, words) {
    if (e.dataset.find === "finding" && severity.value && e.dataset.s !== severity.value) return false;
    if (e.dataset.find === "message" && kind.value && e.dataset.x !== kind.value) return false;
    return words.every(function (w) { return text(e).indexOf(w) >= 0; });
  }

  function apply() {
    var words = q.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0, all = 0;
    parts.forEach(function (p) { p.hidden = tunnel.value !== "" && p.dataset.t !== tunnel.value; });
    items.forEach(function (e) {
      e.hidden = !wanted(e, words);
      var part = e.closest("[data-t]");
      if (part && part.hidden) return;
      all++;
      if (!e.hidden) shown++;
    });
    var filtered = words.length > 0 || tunnel.value || severity.value || kind.value;
    chunks.forEach(function (c) { // what matches is unfolded, and folded again
      var hit = filtered && c.querySelector("[data-find]:not([hidden])") !== null;
      if (hit !== (c.unfolded === true)) c.open = c.unfolded = hit;
    });
    arrows.forEach(function (a) {
      var row = document.getElementById(a.dataset.row);
      a.classList.toggle("off", row !== null && row.closest("[data-find]").hidden);
    });
    count.textContent = filtered ? (shown ? shown + " of " + all + " findings, messages and SAs shown" : "Nothing matches") : "";
  }

  var timer;
  form.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(apply, 100); });
  form.addEventListener("reset", function () { setTimeout(apply, 0); });
  form.addEventListener("submit", function (e) { e.preventDefault(); apply(); });

  // show opens the message with an id and brings it into view
  function show(id) {
    var e = document.getElementById(id);
    if (!e) return false;
    var row = e.closest("[data-find]"), fold = e.closest("details");
    if (row && row.hidden) { form.reset(); apply(); }
    for (var f = fold; f; f = f.parentElement.closest("details")) f.open = true;
    arrows.forEach(function (a) { a.classList.toggle("now", a.dataset.row === id); });
    (row || e).scrollIntoView({ block: "nearest" });
    (fold && row && row.contains(fold) ? fold.querySelector("summary") : e).focus({ preventScroll: true });
    return true;
  }

  document.addEventListener("click", function (e) {
    var a = e.target.closest("a[href^='#m']");
    if (!a || e.ctrlKey || e.metaKey || e.shiftKey) return;
    var id = a.getAttribute("href").slice(1);
    if (show(id)) { e.preventDefault(); history.replaceState(null, "", "#" + id); }
  });

  document.addEventListener("keydown", function (e) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (e.key === "/" && !typing) { e.preventDefault(); q.focus(); }
    if (e.key === "Escape" && document.activeElement === q) { form.reset(); }
    var at = arrows.indexOf(document.activeElement);
    if (at >= 0 && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
      var next = arrows[at + (e.key === "ArrowDown" ? 1 : -1)];
      if (next) { e.preventDefault(); next.focus(); }
    }
  });

  if (location.hash.length > 1) show(location.hash.slice(1));
}());
