/// Adjusts p values for being several, so that the chance of any false alarm among them keeps its level.
///
/// S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979). A
/// missing p was no test: it stays missing and does not count.
func holm(_ values: [Double?]) -> [Double?] {
    let tests = values.enumerated()
        .compactMap { index, p in p.map { (index: index, p: $0) } }
        .sorted { $0.p < $1.p }
    var adjusted = values
    var greatest = 0.0
    for (rank, test) in tests.enumerated() {
        greatest = max(greatest, min(1, Double(tests.count - rank) * test.p))
        adjusted[test.index] = greatest
    }
    return adjusted
}
