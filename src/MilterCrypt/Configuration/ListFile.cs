using System.Text;
using MilterCrypt.Native.LibC;

namespace MilterCrypt.Configuration;

/// <summary>Reads a file that stands in a configuration for a list: a line for each entry, empty lines and those that begin
/// with # left out.</summary>
internal static class ListFile
{
    private const int MaxBytes = 10 * 1024 * 1024;
    private const int MaxLines = 1_000_000;

    /// <summary>The lines with their numbers, from 1; of use only where there is no fault.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fault">Why it can't be had, or null.</param>
    public static IReadOnlyList<(int Number, string Text)> Read(string path, out string? fault)
    {
        try
        {
            // To open a pipe is to wait for whoever writes into it.
            if (!File.Exists(path) && !Directory.Exists(path))
                fault = "there is no such file";
            else if (!FileIdentity.IsRegularFile(path))
                fault = "it is not a file";
            else
                return Read(ReadBounded(path), out fault);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = $"it can't be read: {e.Message}";
        }
        return [];
    }

    private static List<(int Number, string Text)> Read(byte[] bytes, out string? fault)
    {
        var lines = new List<(int, string)>();
        fault = bytes.Length > MaxBytes ? $"it is larger than {MaxBytes} bytes" : null;
        string? text = fault is null ? Decode(bytes) : null;
        if (text is null)
        {
            fault ??= "it is not UTF-8 text";
            return lines;
        }
        int number = 0;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            number++;
            var line = text.AsSpan(range).TrimEnd();
            if (line.IsEmpty || line[0] == '#')
                continue;
            if (lines.Count == MaxLines)
            {
                fault = $"it has more than {MaxLines} lines";
                break;
            }
            lines.Add((number, line.ToString()));
        }
        return lines;
    }

    private static string? Decode(byte[] bytes)
    {
        try
        {
            string text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static byte[] ReadBounded(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        byte[] bytes = new byte[Math.Min(file.Length, MaxBytes) + 1];
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }
}
