// Lines and points over one horizontal axis, in panels above each other.
var SYMBOLS = { circles: 'circle', triangles: 'triangle', diamonds: 'diamond', squares: 'rect', joined: 'circle' };
var ABOVE = 26, BETWEEN = 34, BELOW = 76;

// The horizontal value and the height of every point of a series, holes included.
function pointsOf(chart, series) {
  var x = series.x.length ? series.x : chart.x;
  var log = chart.panels[series.panel].scale === 'log';
  return series.y.map(function (y, i) {
    return [x[i], y === null || (log && y <= 0) ? null : y, series.labels[i] || ''];
  });
}

function extent(chart) {
  var low = Infinity, high = -Infinity;
  function see(x) { if (isFinite(x)) { low = Math.min(low, x); high = Math.max(high, x); } }
  chart.series.forEach(function (s) { (s.x.length ? s.x : chart.x).forEach(see); });
  chart.marks.forEach(function (m) { see(m.low); see(m.x); see(m.high); });
  chart.bands.forEach(function (b) { see(b.from); see(b.to); });
  if (chart.x_unit === 'moment') low = 0;
  if (chart.x_unit === 'rate') { low = 0; high *= 1.05; }
  return isFinite(low) ? [low, high > low ? high : low + 1] : [0, 1];
}

function linesOption(chart, look, width, height, paper) {
  var n = chart.panels.length;
  var below = paper ? BELOW - 30 : BELOW;
  var room = (height - ABOVE - below - (n - 1) * BETWEEN) / n;
  var narrow = width < 560;
  var ends = extent(chart);
  var option = common(look);
  function top(i) { return ABOVE + i * (room + BETWEEN); }
  function every(make) { return chart.panels.map(make); }

  option.title = every(function (p, i) {
    return { text: p.name, left: 4, top: top(i) - 24, textStyle: { color: look.ink, fontFamily: look.font, fontSize: 12, fontWeight: 600 } };
  });
  option.grid = every(function (p, i) {
    return { left: narrow ? 52 : 64, right: narrow ? 12 : 24, top: top(i), height: room };
  });
  option.xAxis = every(function (p, i) {
    var last = i === n - 1;
    return {
      type: 'value', gridIndex: i, min: ends[0], max: ends[1], name: last ? chart.x_name : '', nameLocation: 'middle', nameGap: 26,
      nameTextStyle: text(look), splitLine: { show: false }, axisLine: { lineStyle: { color: look.line } },
      axisLabel: Object.assign({ show: last, hideOverlap: true, showMaxLabel: false, formatter: function (v) { return tick(v, chart.x_unit); } }, text(look)),
      axisPointer: { snap: chart.x.length > 0, label: { show: false } }
    };
  });
  option.yAxis = every(function (p, i) {
    return {
      type: p.scale === 'log' ? 'log' : 'value', gridIndex: i, min: p.scale === 'log' ? null : 0, minInterval: p.unit === 'count' ? 1 : null,
      splitNumber: room < 110 ? 3 : 5, splitLine: { lineStyle: { color: look.line, opacity: 0.6 } },
      axisLabel: Object.assign({ hideOverlap: true, formatter: function (v) { return tick(v, p.unit); } }, text(look))
    };
  });
  option.axisPointer = { link: [{ xAxisIndex: 'all' }], lineStyle: { color: look.soft } };
  option.tooltip.trigger = chart.x.length ? 'axis' : 'item';
  option.tooltip.formatter = function (found) { return tip(chart, Array.isArray(found) ? found : [found]); };
  option.dataZoom = [
    { type: 'inside', xAxisIndex: 'all', zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false, moveOnMouseMove: !narrow, filterMode: 'none' },
    { type: 'slider', show: !paper, xAxisIndex: 'all', height: 20, bottom: 8, left: narrow ? 52 : 64, right: narrow ? 12 : 24, filterMode: 'none', showDataShadow: false,
      borderColor: look.line, fillerColor: look.line + '80', textStyle: text(look, 11), brushSelect: true,
      labelFormatter: function (v) { return tick(v, chart.x_unit); } }
  ];
  option.series = chart.series.map(function (s) { return drawn(chart, s, look); }).concat(every(function (p, i) { return background(chart, p, i, look, narrow); }));
  option.legend = { show: false, data: names(chart) };
  return option;
}

function drawn(chart, series, look) {
  var colour = look.colours[series.colour];
  var loose = SYMBOLS[series.style] && series.style !== 'joined';
  return {
    type: loose ? 'scatter' : 'line', name: series.name, xAxisIndex: series.panel, yAxisIndex: series.panel, data: pointsOf(chart, series),
    symbol: SYMBOLS[series.style] || 'circle', symbolSize: loose ? 10 : 6, showSymbol: series.style === 'joined', connectNulls: false, z: loose ? 4 : 3,
    lineStyle: { color: colour, width: series.style === 'dashed' ? 1.2 : 1.6, type: series.style === 'dashed' ? [5, 4] : 'solid' },
    itemStyle: { color: colour, borderColor: look.paper, borderWidth: loose ? 1 : 0 }, emphasis: { disabled: !loose && series.style !== 'joined' }
  };
}

// What stands behind the figures of a panel and is not hidden with any of them.
function background(chart, panel, at, look, narrow) {
  var areas = chart.bands.map(function (b, i) {
    var disturbed = b.tone === 'disturbed';
    var style = disturbed ? { color: look.colours[3], opacity: 0.16 } : { color: i % 2 ? 'transparent' : look.band };
    var name = at > 0 || narrow ? '' : disturbed ? '' : b.name.split(' ')[0];
    return [{ xAxis: b.from, itemStyle: style, name: name }, { xAxis: b.to }];
  });
  chart.marks.forEach(function (m) {
    areas.push([{ xAxis: m.low, itemStyle: { color: look.colours[m.colour], opacity: 0.13 }, name: '' }, { xAxis: m.high }]);
  });
  // Names of neighbours stand on different sides of their lines.
  var order = chart.marks.slice().sort(function (a, b) { return a.x - b.x; });
  var lines = order.map(function (m, i) {
    return {
      xAxis: m.x, lineStyle: { color: look.colours[m.colour], type: 'solid', width: 1.5 },
      label: { show: at === 0, formatter: function () { return m.name; }, color: look.colours[m.colour], position: i % 2 ? 'insideEndBottom' : 'insideEndTop', rotate: 90, fontSize: 11 }
    };
  }).concat(panel.limits.map(function (l) {
    return { yAxis: l[0], lineStyle: { color: look.soft, type: [2, 3], width: 1.2 }, label: { formatter: function () { return l[1]; }, color: look.soft, position: chart.bands.length ? 'insideEndBottom' : 'insideStartTop', fontSize: 11 } };
  }));
  return {
    type: 'line', name: '\u0000' + at, xAxisIndex: at, yAxisIndex: at, data: [], silent: true, z: 1, tooltip: { show: false },
    markArea: { silent: true, label: { color: look.soft, fontSize: 10, position: 'insideTop' }, data: areas },
    markLine: { silent: true, symbol: 'none', animation: false, data: lines }
  };
}

function names(chart) {
  var seen = [];
  (chart.series || []).forEach(function (s) { if (seen.indexOf(s.name) < 0) seen.push(s.name); });
  return seen;
}

function tip(chart, found) {
  var lines = [];
  found.forEach(function (f) {
    var series = chart.series[f.seriesIndex];
    if (!series || !f.data || f.data[1] === null) return;
    if (!lines.length) lines.push(f.data[2] || chart.x_name + ': ' + figure(f.data[0], chart.x_unit));
    if (lines.length === 1 && f.data[2]) lines.push(chart.x_name + ': ' + figure(f.data[0], chart.x_unit));
    lines.push(series.name + ': ' + figure(f.data[1], chart.panels[series.panel].unit));
  });
  if (lines.length && chart.bands.length) {
    var x = found[0].data[0];
    chart.bands.forEach(function (b) { if (x >= b.from && x < b.to) lines.splice(1, 0, (b.tone === 'disturbed' ? '' : 'trial ') + b.name); });
  }
  return lines.join('\n');
}
