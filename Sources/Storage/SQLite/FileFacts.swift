import CSQLite

/// What the system says of files, in calls that Swift does not import.
enum FileFacts {
    /// Whether a file is mounted by itself, so that the folder around it is another file system's; `STX_MNT_ID` of
    /// `statx(2)`.
    ///
    /// - Returns: false also where the system does not say.
    static func isMountedAlone(_ file: String, in folder: String) -> Bool {
        let (inner, outer) = (varve_mount(file), varve_mount(folder))
        return inner != 0 && outer != 0 && inner != outer
    }

    /// Whether a list of people and groups is kept with a file beside its nine bits; `acl(5)`.
    static func hasAccessList(_ file: String) -> Bool { varve_has_access_list(file) != 0 }
}
