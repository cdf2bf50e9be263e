using System.Text.Json;

namespace MilterCrypt.TestSupport;

/// <summary>Reads the Wycheproof files in tests/vectors.</summary>
public static class Wycheproof
{
    /// <summary>Each test of a file with its group.</summary>
    public static IEnumerable<(JsonElement Group, JsonElement Test)> Read(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Repository.PathOf("tests/vectors/wycheproof/" + file)));
        foreach (JsonElement group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
                yield return (group, test);
        }
    }

    public static byte[] Hex(this JsonElement element, string name) =>
        Convert.FromHexString(element.GetProperty(name).GetString()!);

    public static string Result(this JsonElement test) => test.GetProperty("result").GetString()!;

    public static bool HasFlag(this JsonElement test, string flag) =>
        test.GetProperty("flags").EnumerateArray().Any(f => f.GetString() == flag);

    public static string Name(this JsonElement test) => "tcId " + test.GetProperty("tcId").GetInt32();
}
