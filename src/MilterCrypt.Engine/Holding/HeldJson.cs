using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MilterCrypt.Engine.Holding;

/// <summary>Lines of JSON, written and read.</summary>
internal static class HeldJson
{
    private const int MaxDepth = 8;

    // It goes into a file of ours, never into a web page; control characters are escaped all the same, so that it is one line.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = MaxDepth };

    internal static byte[] Write(Action<Utf8JsonWriter> writeProperties)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line, Readable))
        {
            json.WriteStartObject();
            writeProperties(json);
            json.WriteEndObject();
        }
        return line.WrittenSpan.ToArray();
    }

    /// <returns>Null where it is not what was written.</returns>
    internal static T? Read<T>(ReadOnlyMemory<byte> line, Func<JsonElement, T?> read)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(line, Bounded);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            // InvalidOperation is how the reader says that a value is of another kind.
            return null;
        }
    }

    internal static void WriteStrings(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    internal static void WriteNumbers(this Utf8JsonWriter json, string name, IEnumerable<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (int number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    internal static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException();

    internal static string? TextOrNull(JsonElement element, string name) => element.GetProperty(name).GetString();

    internal static string[] Texts(JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(static text => text.GetString() ?? throw new FormatException())];
}
