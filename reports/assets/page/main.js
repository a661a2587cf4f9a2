// Draws every chart from the page's data, and again when the colours or the width change.
var data = JSON.parse(document.getElementById('data').textContent);
var entries = {};

function options(chart, colours, wide, high, paper) {
  switch (chart.kind) {
    case 'ranges': return rangesOption(chart, colours, wide);
    case 'spans': return spansOption(chart, colours, wide);
    case 'heat': return heatOption(chart, colours, wide, paper);
    default: return linesOption(chart, colours, wide, high, paper);
  }
}

function draw(entry, width) {
  var plot = entry.plot, chart = entry.chart;
  var rows = { ranges: rangesHeight, spans: spansHeight }[chart.kind];
  plot.className = 'plot ' + (rows ? 'rows' : 'panels-' + Math.min(4, chart.kind === 'heat' ? 1 : chart.panels.length));
  if (rows) plot.style.height = rows(chart) + 'px';
  var colours = look();
  var before = entry.drawn && entry.drawn.getOption().dataZoom[0];
  if (!entry.drawn) entry.drawn = echarts.init(plot, null, { renderer: 'canvas', devicePixelRatio: Math.max(2, window.devicePixelRatio || 1) });
  entry.drawn.resize(width ? { width: width } : undefined);
  var wide = entry.drawn.getWidth(), high = entry.drawn.getHeight();
  var option = options(chart, colours, wide, high, !!width);
  option.legend.selected = {};
  Object.keys(entry.hidden).forEach(function (name) { option.legend.selected[name] = false; });
  entry.drawn.setOption(option, true);
  if (before && (before.start > 0 || before.end < 100)) zoomTo(entry, before.start, before.end);
}

function show(told) {
  var plot = document.getElementById('plot-' + told.id);
  var chart = told.kind === 'choice' ? chosen(told, 0) : told;
  var entry = { told: told, at: 0, chart: chart, plot: plot, hidden: Object.create(null), drawn: null, width: 0 };
  entries[told.id] = entry;
  draw(entry);
  entry.width = plot.clientWidth;
  legend(chart, entry);
  controls(chart, entry);
  if (told.kind === 'choice') chooser(entry);
  new ResizeObserver(function () {
    if (entry.paper || plot.clientWidth === entry.width) return;
    entry.width = plot.clientWidth;
    draw(entry);
  }).observe(plot);
}
data.charts.forEach(show);
if (data.live) live(); else files(data.files);

function redraw(width) {
  Object.keys(entries).forEach(function (id) { entries[id].paper = !!width; draw(entries[id], width); });
}
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', function () { redraw(); });
// Paper is light, and as wide as a page: the style has changed before the charts are drawn again.
window.addEventListener('beforeprint', function () {
  document.documentElement.setAttribute('data-print', '');
  document.querySelectorAll('details').forEach(function (d) { d.dataset.was = d.open ? 'open' : ''; d.open = true; });
  redraw(680);
});
window.addEventListener('afterprint', function () {
  document.documentElement.removeAttribute('data-print');
  document.querySelectorAll('details').forEach(function (d) { d.open = d.dataset.was === 'open'; });
  redraw();
});
window.redline = { charts: entries };
