import HTTPTypes
import HummingbirdCore
import NIOCore
import Questions
import Storage

/// The tensors kept with a run, or a file of them that `safetensors.torch.load_file` reads.
func weights(_ call: Call) async throws -> Response {
    let word = call.word("run")
    guard let stage = try call.text(.at) else {
        return try await call.ask { store in
            var list = JSONList()
            for tensor in try store.tensors(of: store.run(word).number) { list.append(tensor.record.json) }
            return list.response()
        }
    }
    guard ["initial", "final"].contains(stage) else {
        throw Problem(.badRequest, "at is initial or final", parameter: "at")
    }
    let (run, tensors) = try await call.ask { store in
        let run = try store.run(word)
        let tensors = try store.tensors(of: run.number).filter { $0.stage == stage }
        guard !tensors.isEmpty else { throw StoreError.noWeights(run: run.number, stage: stage) }
        return (run, tensors)
    }
    let header = weightsHeader(tensors, ["format": "pt", "run": run.uuid, "stage": stage])
    let size = tensors.reduce(Int64(header.count)) { $0 + $1.size }
    var fields: HTTPFields = [:]
    fields[.contentType] = "application/octet-stream"
    fields[.contentDisposition] = "attachment; filename=\"run-\(run.number)-\(stage).safetensors\""
    // One tensor after the other, so that no file has to fit into memory.
    let body = ResponseBody(contentLength: Int(size)) { writer in
        try await writer.write(ByteBuffer(bytes: header))
        for tensor in tensors {
            try await writer.write(ByteBuffer(bytes: try await call.ask { store in try store.bytes(of: tensor) }))
        }
        try await writer.finish(nil)
    }
    return Response(status: .ok, headers: fields, body: body)
}

/// What stands before the tensors' data, as `varve weights export` writes it.
///
/// The format: https://github.com/huggingface/safetensors#format
private func weightsHeader(_ tensors: [TensorSummary], _ metadata: [String: String]) -> [UInt8] {
    var entries = [
        "\"__metadata__\":"
            + JSON.object(metadata.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }).text
    ]
    var offset: Int64 = 0
    for tensor in tensors {
        let end = offset + tensor.size
        let shape = tensor.shape.split(separator: ",").joined(separator: ", ")
        entries.append(
            "\(JSON.string(tensor.name).text):{\"dtype\":\"\(tensor.dtype)\",\"shape\":\(shape),"
                + "\"data_offsets\":[\(offset),\(end)]}"
        )
        offset = end
    }
    var header = Array("{\(entries.joined(separator: ","))}".utf8)
    header += [UInt8](repeating: 32, count: (8 - header.count % 8) % 8)
    return withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init) + header
}
