using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MilterCrypt.Commands;

/// <summary>JSON for programs that read what commands write.</summary>
internal static class JsonText
{
    // It goes to a file or a program, never into a web page: < and > need no escapes.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An object, on one line.</summary>
    public static string OfObject(Action<Utf8JsonWriter> writeProperties)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            writeProperties(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
