/// What a recorded run was made by.
public enum Version {
    /// The version of Varve.
    public static let varve = "0.1.0"
    /// Raised whenever the order of floating-point operations changes: runs of equal configuration, seed and dataset
    /// are equal to the bit if and only if this number is equal.
    public static let numerics: Int64 = 1
}
