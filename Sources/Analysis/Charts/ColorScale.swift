/// Colours for numbers: viridis, whose lightness rises evenly, so that it can be read without colour as well.
///
/// Every seventeenth of the 256 published colours (S. van der Walt and N. Smith, matplotlib, 2015), and straight lines
/// between them in sRGB, which stay within 7 parts in 255 of the others.
enum ColorScale {
    static let colors: [UInt32] = [
        0x440154, 0x481A6C, 0x472F7D, 0x414487, 0x39568C, 0x31688E, 0x2A788E, 0x23888E, 0x1F988B, 0x22A884, 0x35B779,
        0x54C568, 0x7AD151, 0xA5DB36, 0xD2E21B, 0xFDE725,
    ]

    /// The colour at a fraction of the way from the darkest to the lightest, as `#440154`.
    static func color(at fraction: Double) -> String {
        let place = min(1, max(0, fraction)) * Double(colors.count - 1)
        let index = min(Int(place), colors.count - 2)
        let share = place - Double(index)
        let parts = [UInt32(16), 8, 0].map { shift in
            let (low, high) = (colors[index] >> shift & 0xFF, colors[index + 1] >> shift & 0xFF)
            return UInt32((Double(low) * (1 - share) + Double(high) * share).rounded()) << shift
        }
        // The digit above the six keeps the zeros in front.
        return "#" + String(parts.reduce(1 << 24, |), radix: 16).dropFirst()
    }
}
