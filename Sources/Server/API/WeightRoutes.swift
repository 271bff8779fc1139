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
            JSONList(try store.tensors(of: store.run(word).number)).response()
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
    // As `varve weights export` writes it.
    var start = WeightsHeader(metadata: [("format", "pt"), ("run", run.uuid), ("stage", stage)])
    for tensor in tensors {
        let shape = tensor.shape.split(separator: ",").joined(separator: ", ")
        start.add(tensor.name, dtype: tensor.dtype, shape: shape, size: tensor.size)
    }
    let header = start.bytes
    let size = tensors.reduce(Int64(header.count)) { $0 &+ $1.size }
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
