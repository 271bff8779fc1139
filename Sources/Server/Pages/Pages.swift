import Storage

/// The pages by their addresses.
enum Pages {
    enum Answer {
        case page(Page)
        case picture(String)
        case redirect(String)
    }

    static func answer(_ path: String, _ query: PageQuery, in store: Store) throws -> Answer? {
        switch path {
        case "/": return .page(try RunsPage.page(query, in: store))
        case "/columns": return .page(ColumnsPage.page(query, in: store))
        case "/compare": return .page(try ComparePage.page(query, in: store))
        case "/curves": return .page(try CurvesPage.page(query, in: store))
        case "/diff": return .page(try DiffPage.page(query, in: store))
        case "/history": return .page(try HistoryPage.page(query, in: store))
        case "/info": return .page(try InfoPage.page(in: store))
        default:
            if path.hasPrefix("/runs/") {
                return .page(try RunPage.page(String(path.dropFirst(6)), query, in: store))
            }
            if path.hasPrefix("/api/v1/plots/"), path.hasSuffix(".svg") {
                return .picture(try Plots.svg(String(path.dropFirst(14).dropLast(4)), query, in: store))
            }
            return nil
        }
    }
}
