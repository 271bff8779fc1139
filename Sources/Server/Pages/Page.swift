/// A page: what is told in it, and what the frame around it has to know.
struct Page: Sendable {
    /// The places of the navigation.
    enum Section: String, CaseIterable {
        case runs = "Runs"
        case compare = "Compare"
        case curves = "Curves"
        case history = "History"
        case sql = "SQL"
        case store = "Store"

        var path: String {
            switch self {
            case .runs: "/"
            case .compare: "/compare"
            case .curves: "/curves"
            case .history: "/history"
            case .sql: "/sql"
            case .store: "/info"
            }
        }
    }

    let title: String
    let section: Section?
    var status = 200
    /// The runs that the page shows and that may change: numbers with commas, `all`, or nothing.
    var watched = ""
    var content = HTML()

    init(_ title: String, _ section: Section?) {
        self.title = title
        self.section = section
    }

    /// The whole document.
    ///
    /// - Parameters:
    ///   - template: the frame, with `{{title}}`, `{{watch}}`, `{{navigation}}`, `{{store}}` and `{{content}}` in it.
    ///   - store: the name of the store, without its folder.
    /// - Returns: HTML.
    func document(_ template: String, store: String) -> String {
        var navigation = HTML()
        for section in Section.allCases {
            navigation.add(
                "a",
                ["href": section.path, "aria-current": section == self.section ? "page" : nil],
                section.rawValue
            )
        }
        func escaped(_ text: String) -> String {
            var html = HTML()
            html.add(text)
            return html.text
        }
        let parts = [
            "title": escaped("\(title) · Varve"), "watch": escaped(watched), "navigation": navigation.text,
            "store": escaped(store), "content": content.text,
        ]
        // One pass: what a part holds is never looked at for marks.
        var result = ""
        var rest = template[...]
        while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
            result += rest[..<start.lowerBound]
            result += parts[String(rest[start.upperBound..<end.lowerBound])] ?? ""
            rest = rest[end.upperBound...]
        }
        return result + rest
    }
}
