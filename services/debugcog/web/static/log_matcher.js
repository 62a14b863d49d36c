// Worker: expression and texts → which of them match. It may be killed at any time.

self.addEventListener("message", ({ data: { number, source, flags, texts } }) => {
  const expression = new RegExp(source, `${flags}m`);
  self.postMessage({ number, taken: texts.map((text) => expression.test(text)) });
});
