// The page's colours as the style has them now: they differ between light, dark and paper.
function look() {
  var style = getComputedStyle(document.documentElement);
  function of(name) { return style.getPropertyValue(name).trim(); }
  var colours = [];
  for (var i = 0; i < 8; i++) colours.push(of('--c' + i));
  return {
    ink: of('--ink'), soft: of('--soft'), line: of('--line'), paper: of('--paper'), raised: of('--raised'),
    band: of('--band'), colours: colours, font: getComputedStyle(document.body).fontFamily
  };
}

function text(look, size) {
  return { color: look.soft, fontFamily: look.font, fontSize: size || 12 };
}

// What all charts have in common. Words in a tip are drawn, never parsed as markup.
function common(look) {
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: look.font },
    tooltip: {
      renderMode: 'richText', confine: true, backgroundColor: look.raised, borderColor: look.line,
      textStyle: { color: look.ink, fontFamily: look.font, fontSize: 12 }
    }
  };
}
