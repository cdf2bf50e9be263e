using System.Text.Json;
using MilterCrypt.Engine.Journal;

namespace MilterCrypt.Engine.Holding;

/// <summary>A held message's state as the line of JSON that is its file's second.</summary>
internal static class HeldStateText
{
    /// <summary>The line, without its end.</summary>
    internal static byte[] Write(HeldState state) => HeldJson.Write(json =>
    {
        json.WriteNumbers("left", state.Left);
        json.WriteNumbers("sending", state.Sending);
        json.WriteStrings("copies", state.Copies.Select(static copy => Convert.ToHexStringLower(copy.ToArray())));
    });

    /// <summary>Reads the line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="recipients">How many recipients the record has.</param>
    /// <returns>Null where it is none of such a record.</returns>
    internal static HeldState? Read(ReadOnlyMemory<byte> line, int recipients) => HeldJson.Read(line, root =>
    {
        var left = Places(root.GetProperty("left"), recipients);
        var sending = Places(root.GetProperty("sending"), recipients);
        HandoverKey[] copies = [.. HeldJson.Texts(root, "copies").Select(ReadCopy)];
        return left.Count == 0 || sending.Except(left).Any() || copies.Length != recipients ? null : new HeldState(left, sending, copies);
    });

    private static List<int> Places(JsonElement array, int recipients)
    {
        var places = array.EnumerateArray().Select(static place => place.GetInt32()).ToList();
        return places.TrueForAll(place => place >= 0 && place < recipients) && places.Distinct().Count() == places.Count ? places : throw new FormatException();
    }

    private static HandoverKey ReadCopy(string text) =>
        Convert.FromHexString(text) is { Length: HandoverKey.Length } octets ? HandoverKey.Read(octets) : throw new FormatException();
}
