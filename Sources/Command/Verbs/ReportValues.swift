/// The values of a chart's steps, read by pointer and by keys in a page without a script.
///
/// Over each step lies a radio button: all of a chart are one stop of the Tab key, the arrow keys go from step to step,
/// and the value of the one that is pointed at or has the focus stands above the chart.
struct ReportValues {
    /// Of no other chart of the page.
    let name: String
    let title: String
    /// Share of the picture's width before the first step: the room of the axis.
    let lead: Double
    /// What is said of each step, in the order of time; escaped.
    let values: [String]
    /// How to read them; stands where a value will.
    let hint: String

    func over(_ picture: String) -> String {
        let steps = values.map { value in
            "<label><input type=\"radio\" name=\"\(name)\" aria-label=\"\(value)\"><span aria-hidden=\"true\">\(value)"
                + "</span></label>"
        }.joined()
        let left = (lead * 10_000).rounded() / 100
        return "<div class=\"chart\">\(picture)<div class=\"steps\" role=\"radiogroup\" aria-label=\"\(title)\" "
            + "style=\"left:\(left)%\"><p class=\"hint\">\(hint)</p>\(steps)</div></div>"
    }

    static let style = """
        .chart{position:relative;padding-top:2em}.steps .hint,.steps span{position:absolute;top:-28px;left:0;margin:0;\
        line-height:25px;font-size:14px;width:100%;background:var(--paper)}.steps .hint{color:var(--dim)}
        .steps{position:absolute;inset:2em 0 0 0;display:flex}.steps label{flex:1 1 0;min-width:0}
        .steps input{appearance:none;display:block;width:100%;height:100%;margin:0;outline-offset:-2px}\
        .steps input:focus-visible{outline:2px solid var(--level);background:color-mix(in srgb,var(--level) \
        15%,transparent)}
        .steps span{visibility:hidden;font-variant-numeric:tabular-nums}\
        .steps input:focus+span,.steps label:hover span{visibility:visible}.steps label:hover span{z-index:1}\
        .steps label:hover input{background:color-mix(in srgb,var(--level) 10%,transparent)}
        @media print{.steps{display:none}.chart{padding-top:0}}
        """
}
