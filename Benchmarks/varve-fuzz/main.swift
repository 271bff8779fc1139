// Gives hostile inputs to what reads files and text from outside; Scripts/fuzz builds it with libFuzzer and runs it.
//
//   varve-fuzz TARGET FILE…    gives files to a target, once each: what was found, again

import CFuzz
import Glibc

guard CommandLine.arguments.count > 2, let reader = Reader(rawValue: CommandLine.arguments[1]) else {
    let known = Reader.allCases.map(\.rawValue).joined(separator: ", ")
    print("usage: varve-fuzz TARGET FILE…, where TARGET is one of \(known); Scripts/fuzz looks for new inputs")
    exit(64)
}
Input.reader = reader

#if LIBFUZZER
// libFuzzer takes the program's name and its own options.
var count = CommandLine.argc - 1
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
exit(
    LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
        _ = MainActor.assumeIsolated { Input.read([UInt8](UnsafeBufferPointer(start: bytes, count: count))) }
        return 0
    }
)
#else
for path in CommandLine.arguments.dropFirst(2) {
    guard let file = fopen(path, "rb") else {
        print("\(path) cannot be opened")
        exit(66)
    }
    var bytes: [UInt8] = []
    while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    fclose(file)
    print("\(path): \(Input.read(bytes) ?? "read")")
}
#endif
