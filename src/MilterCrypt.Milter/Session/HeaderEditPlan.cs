using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Session;

/// <summary>Turns edits of a header into the operations that have the same result with each MTA.</summary>
internal static class HeaderEditPlan
{
    // Below the MTA's own Received field, which it counts, though it doesn't show it (measured with both).
    private const uint AboveAll = 1;

    // Far behind the last field: both MTAs append then.
    private const uint BehindAll = 65535;

    /// <exception cref="ArgumentException">An edit names a field that is not there or was edited already, or a name or
    /// value that no header can hold.</exception>
    public static IReadOnlyList<HeaderOperation> Make(
        IReadOnlyList<HeaderField> header, IReadOnlyList<HeaderEdit> edits, MtaKind mta, bool leadingSpace)
    {
        var operations = new List<HeaderOperation>(edits.Count);
        AddChanges(operations, header, edits, leadingSpace);

        // New fields come last: they would shift the places of those that are there.
        var names = new HashSet<string>(header.Select(f => f.Name), StringComparer.OrdinalIgnoreCase);
        foreach (HeaderEdit.Add add in edits.OfType<HeaderEdit.Add>())
        {
            byte[] value = HeaderValue.ToWire(add.Value.Span, leadingSpace);
            // Sendmail puts an added field before its namesake, even before one that was deleted.
            bool hasNamesake = !names.Add(CheckedName(add.Name));
            operations.Add(hasNamesake && mta != MtaKind.Postfix
                ? new HeaderOperation(MilterReply.InsertHeader, BehindAll, add.Name, value)
                : new HeaderOperation(MilterReply.AddHeader, null, add.Name, value));
        }

        // Each goes above the one before, so the first is sent last.
        foreach (HeaderEdit.Prepend prepend in edits.OfType<HeaderEdit.Prepend>().Reverse())
        {
            byte[] value = HeaderValue.ToWire(prepend.Value.Span, leadingSpace);
            operations.Add(new HeaderOperation(MilterReply.InsertHeader, AboveAll, CheckedName(prepend.Name), value));
        }

        return operations;
    }

    private static void AddChanges(
        List<HeaderOperation> operations, IReadOnlyList<HeaderField> header, IReadOnlyList<HeaderEdit> edits, bool leadingSpace)
    {
        var edited = new SortedDictionary<int, HeaderEdit>();
        foreach (HeaderEdit edit in edits)
        {
            int? field = edit switch { HeaderEdit.Change change => change.Field, HeaderEdit.Delete delete => delete.Field, _ => null };
            if (field is { } index && (index < 0 || index >= header.Count || !edited.TryAdd(index, edit)))
                throw new ArgumentException($"Field {index} of {header.Count} is not there or is edited twice.", nameof(edits));
        }

        if (edited.Count == 0)
            return;

        // After a delete the places behind it shift with Postfix and stay with Sendmail: from the end, both are right.
        uint[] places = PlacesByName(header);
        foreach ((int index, HeaderEdit edit) in edited.Reverse())
        {
            ReadOnlyMemory<byte> value = edit is HeaderEdit.Change change ? HeaderValue.ToWire(change.Value.Span, leadingSpace) : default;
            operations.Add(new HeaderOperation(MilterReply.ChangeHeader, places[index], header[index].Name, value));
        }
    }

    // A field's place is counted among its namesakes, from 1, whatever their case.
    private static uint[] PlacesByName(IReadOnlyList<HeaderField> header)
    {
        var seen = new Dictionary<string, uint>(StringComparer.OrdinalIgnoreCase);
        uint[] places = new uint[header.Count];
        for (int i = 0; i < header.Count; i++)
            places[i] = seen[header[i].Name] = seen.GetValueOrDefault(header[i].Name) + 1;
        return places;
    }

    // RFC 5322 §2.2: printable ASCII without the colon.
    private static string CheckedName(string name) =>
        name.Length > 0 && name.All(c => c is > ' ' and <= '~' and not ':')
            ? name
            : throw new ArgumentException($"'{name}' is not the name of a header field.", nameof(name));
}
