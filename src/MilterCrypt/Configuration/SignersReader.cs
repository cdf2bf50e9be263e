using MilterCrypt.Engine.Policy;
using YamlDotNet.RepresentationModel;

namespace MilterCrypt.Configuration;

/// <summary>Reads <c>signers:</c>.</summary>
internal static class SignersReader
{
    /// <summary>The entries that could be read.</summary>
    public static IReadOnlyList<Signer> Read(SettingCursor setting)
    {
        if (setting.Node is not YamlSequenceNode)
        {
            setting.Complain("it must be a list, such as `signers: [{user: alice, address: alice@example.org}]`");
            return [];
        }
        return [.. setting.List().Select(ReadSigner)];
    }

    private static Signer ReadSigner(SettingCursor entry)
    {
        var map = entry.Map();
        foreach (string key in (string[])["user", "address"])
        {
            if (!map.ContainsKey(key) && entry.Node is YamlMappingNode)
                entry.Complain($"it has no {key}");
        }
        return new Signer(map.GetValueOrDefault("user")?.LoginNames() ?? [], map.GetValueOrDefault("address")?.Addresses() ?? []);
    }
}
