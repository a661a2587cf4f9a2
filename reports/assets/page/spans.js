// A row for each request, its time in parts.
var THIN = 15;

function spansHeight(chart) {
  return 84 + chart.rows.length * THIN;
}

function spansOption(chart, look, width) {
  var option = common(look);
  var narrow = width < 560;
  var bold = Object.create(null);
  chart.begins.forEach(function (row) { bold[row] = true; });
  option.grid = { left: narrow ? 104 : 200, right: narrow ? 14 : 28, top: 12, bottom: 48 };
  option.xAxis = {
    type: 'value', min: 0, max: chart.length, name: chart.x_name, nameLocation: 'middle', nameGap: 28, nameTextStyle: text(look), splitLine: { lineStyle: { color: look.line, opacity: 0.6 } },
    axisLabel: Object.assign({ hideOverlap: true, formatter: function (v) { return tick(v, chart.x_unit); } }, text(look))
  };
  option.yAxis = {
    type: 'category', inverse: true, data: chart.rows, axisTick: { show: false }, axisLine: { lineStyle: { color: look.line } },
    axisLabel: {
      interval: 0, width: narrow ? 94 : 188, overflow: 'truncate', fontFamily: look.font, fontSize: 10, color: look.soft,
      formatter: function (name, row) { return bold[row] ? '{b|' + name.replace(/[{}|]/g, ' ') + '}' : name; },
      rich: { b: { fontWeight: 700, fontSize: 10, color: look.ink, fontFamily: look.font } }
    }
  };
  option.tooltip.trigger = 'item';
  option.tooltip.formatter = function (found) { return chart.tips[found.data[0]]; };
  option.legend = { show: false, data: names(chart) };
  option.dataZoom = [{ type: 'inside', xAxisIndex: 0, zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false, moveOnMouseMove: !narrow, filterMode: 'none' }];
  option.series = chart.series.map(function (s) {
    var colour = look.colours[s.colour];
    return {
      type: 'custom', name: s.name, encode: { x: [1, 2], y: 0 }, itemStyle: { color: colour }, clip: true, data: s.spans, progressive: 0,
      renderItem: function (params, api) {
        var from = api.coord([api.value(1), api.value(0)]), to = api.coord([api.value(2), api.value(0)]);
        return { type: 'rect', shape: { x: from[0], y: from[1] - 5, width: Math.max(1, to[0] - from[0]), height: 10 }, style: { fill: colour } };
      }
    };
  });
  return option;
}
