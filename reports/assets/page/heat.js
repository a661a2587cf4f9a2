// Shares by class over time: a field for each column and class.
function heatOption(chart, look, width, paper) {
  var option = common(look);
  var narrow = width < 560;
  var most = chart.cells.reduce(function (most, c) { return Math.max(most, c[2]); }, 0);
  var classes = chart.edges.slice(0, -1).map(String);
  function label(i) { return tick(chart.edges[i], chart.y_unit) + ' – ' + tick(chart.edges[i + 1], chart.y_unit); }
  option.title = [{ text: chart.y_name, left: 4, top: 2, textStyle: { color: look.ink, fontFamily: look.font, fontSize: 12, fontWeight: 600 } }];
  option.grid = { left: narrow ? 58 : 64, right: narrow ? 12 : 24, top: 26, bottom: paper ? 46 : 76 };
  option.xAxis = {
    type: 'category', data: chart.x.map(String), name: chart.x_name, nameLocation: 'middle', nameGap: 26, nameTextStyle: text(look), axisTick: { show: false },
    axisLine: { lineStyle: { color: look.line } }, axisLabel: Object.assign({ hideOverlap: true, formatter: function (v) { return clock(+v); } }, text(look))
  };
  option.yAxis = {
    type: 'category', data: classes, axisTick: { show: false }, axisLine: { lineStyle: { color: look.line } },
    axisLabel: Object.assign({ interval: function (i) { return named(chart.edges[i]); }, formatter: function (v) { return time(+v, function (n) { return String(+n.toPrecision(2)); }); } }, text(look))
  };
  option.visualMap = { show: false, min: 0, max: Math.max(0.05, Math.min(0.4, most)), dimension: 2, inRange: { color: [look.band, look.colours[0]] } };
  option.tooltip.trigger = 'item';
  option.tooltip.formatter = function (found) { return heatTip(chart, found.data); };
  option.legend = { show: false, data: [] };
  option.dataZoom = [
    { type: 'inside', xAxisIndex: 0, zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false, moveOnMouseMove: !narrow },
    { type: 'slider', show: !paper, xAxisIndex: 0, height: 20, bottom: 8, left: narrow ? 58 : 64, right: narrow ? 12 : 24, showDataShadow: false,
      borderColor: look.line, fillerColor: look.line + '80', textStyle: text(look, 11), labelFormatter: function (i, v) { return clock(+v); } }
  ];
  option.series = [{ type: 'heatmap', name: 'share of the steps', data: chart.cells, progressive: 0, itemStyle: { borderWidth: 0 }, emphasis: { itemStyle: { borderColor: look.ink, borderWidth: 1 } } }];
  return option;

  // Powers of ten and what lies half-way between them.
  function named(edge) { var half = 2 * Math.log10(edge); return Math.abs(half - Math.round(half)) < 0.05; }

  function heatTip(chart, cell) {
    return [clock(chart.x[cell[0]]), label(cell[1]), (100 * cell[2]).toFixed(1) + ' % of the steps'].join('\n');
  }
}
