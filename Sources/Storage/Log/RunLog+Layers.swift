/// The layers of a run, which are met as they come.
extension RunLog {
    func recordedIndex(of place: Int, _ run: inout OpenRun) throws -> Int {
        if let index = layers[place].index { return index }
        let index = try recorder.add(layers[place].place, to: &run)
        layers[place].index = index
        return index
    }

    func declare(_ logged: LoggedLayer) throws(LogError) -> Int {
        if let known = indices[ExactText(logged.layer)] {
            if !logged.isBare { try check(logged, against: layers[known].place) }
            return known
        }
        let place = LayerPlace(
            name: logged.layer,
            shortName: logged.name,
            position: logged.position ?? nextPosition,
            measure: logged.measure ?? measure,
            afterNorm: logged.afterNorm ?? false
        )
        guard indices[ExactText(place.shortName)] == nil else {
            throw LogError("the name '\(LogError.excerpt(place.shortName))' is that of another layer")
        }
        guard layers.count < Self.maximumLayers else {
            throw LogError("the run already has \(Self.maximumLayers) layers, and no more can be recorded")
        }
        append(place)
        return layers.count - 1
    }

    func append(_ place: LayerPlace) {
        layers.append(Layer(place: place))
        indices[ExactText(place.name)] = layers.count - 1
        indices[ExactText(place.shortName)] = layers.count - 1
        nextPosition = max(nextPosition, place.position == .max ? place.position : place.position + 1)
    }

    private func check(_ logged: LoggedLayer, against place: LayerPlace) throws(LogError) {
        guard logged.name ?? place.shortName == place.shortName, logged.position ?? place.position == place.position,
            logged.measure ?? place.measure == place.measure, logged.afterNorm ?? place.afterNorm == place.afterNorm
        else {
            throw LogError(
                "layer '\(LogError.excerpt(logged.layer))' is already declared, with name "
                    + "'\(LogError.excerpt(place.shortName))', position \(place.position), "
                    + "measure '\(LogError.excerpt(place.measure))', after_norm \(place.afterNorm)"
            )
        }
    }
}
