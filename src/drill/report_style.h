// How a drill's report looks: colours that a reader with any colour vision can tell apart, on a
// light and on a dark page (Okabe and Ito, "Color Universal Design", 2008).
#ifndef SCV_DRILL_REPORT_STYLE_H_
#define SCV_DRILL_REPORT_STYLE_H_

#include <string_view>

namespace scv::drill {

inline constexpr std::string_view kReportStyle = R"css(
:root{--bg:#fff;--fg:#1b1f24;--dim:#59636e;--line:#d1d9e0;--write:#0072b2;--read:#009e73;
--again:#b07d00;--bad:#c8371b;--heal:#007a58;--phase:#8a4a78}
@media (prefers-color-scheme:dark){:root{--bg:#14171b;--fg:#e8eaed;--dim:#9aa4af;--line:#333a42;
--write:#56b4e9;--read:#2fc79b;--again:#e6b400;--bad:#ff7a59;--heal:#2fc79b;--phase:#d48fc0}}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
main{max-width:64rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.6rem;margin:.3rem 0}h2{font-size:1.1rem;margin:2rem 0 .5rem}
h1 span,h2 span,.dim{color:var(--dim);font-weight:400}
.badge{display:inline-block;margin:0;padding:.1rem .7rem;border:2px solid;border-radius:1rem;
font-weight:700}.pass{color:var(--heal)}.fail,.failures{color:var(--bad)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.9rem}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);
overflow-wrap:anywhere}thead th{color:var(--dim);font-weight:600}
section{overflow-x:auto}figure{margin:0}svg{width:100%;height:auto}
a{color:var(--write)}summary{cursor:pointer}
.axis{font-size:12px;fill:var(--dim)}.mark{font-size:13px;font-weight:700;fill:var(--bad)}
.grid{stroke:var(--line);fill:none}.share{fill:var(--read);opacity:.35}
.fault{stroke:var(--bad);stroke-width:2;fill:none}
.heal{stroke:var(--heal);stroke-width:2;stroke-dasharray:5 4;fill:none}
.event{stroke:var(--dim);stroke-width:1.5}.event.phase{stroke:var(--phase);stroke-width:3}
.dot{fill:none;stroke-width:3.6;stroke-linecap:round}.dot.read{stroke:var(--read);opacity:.75}
.dot.write{stroke:var(--write);opacity:.85}.dot.again{stroke:var(--again);stroke-width:5}
.dot.wait{stroke:var(--bad);stroke-width:1;opacity:.45}.dot.bad{stroke:var(--bad);stroke-width:1.8}
.key{margin-right:1rem;font-size:.85rem;white-space:nowrap}.key::before{content:"●";margin-right:.3rem}
.key.write::before{color:var(--write)}.key.read::before{color:var(--read)}
.key.again::before{color:var(--again)}.key.bad::before{content:"×";color:var(--bad)}
.key.fault,.key.heal{stroke:none}.key.fault::before{content:"│";color:var(--bad)}
.key.heal::before{content:"┆";color:var(--heal)}
.key.phase::before{content:"╵";color:var(--phase)}
)css";

}  // namespace scv::drill

#endif  // SCV_DRILL_REPORT_STYLE_H_
