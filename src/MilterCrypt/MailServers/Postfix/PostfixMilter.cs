using MilterCrypt.Milter.Listening;

namespace MilterCrypt.MailServers.Postfix;

/// <summary>One filter of a list such as <c>smtpd_milters</c>: an address, or an address and options in braces, postconf(5).</summary>
/// <param name="Address">The address as it is written: <c>unix:miltercrypt/milter.sock</c>.</param>
/// <param name="Options">Its options: <c>command_timeout</c>, <c>default_action</c>.</param>
internal sealed record PostfixMilter(string Address, IReadOnlyDictionary<string, string> Options)
{
    /// <summary>The filters of a list.</summary>
    public static IReadOnlyList<PostfixMilter> ReadList(string text) => [.. PostfixList.Split(text).Select(Read)];

    /// <summary>Where a service that has this filter in its list connects.</summary>
    /// <param name="queueDirectory">The queue directory, in which each service stands.</param>
    /// <param name="chrooted">Whether the service sees nothing above it.</param>
    /// <returns>The address as one sees it outside of any jail; null where it can't be read.</returns>
    public MilterEndpoint? SeenFrom(string queueDirectory, bool chrooted)
    {
        string[] parts = Address.Split(':', 2);
        string path = parts.Length < 2 ? "" : parts[1];
        string text = parts[0] switch
        {
            "unix" or "local" when path.Length > 0 => $"unix:{(path[0] == '/' && !chrooted ? path : $"{queueDirectory}/{path.TrimStart('/')}")}",
            // Sendmail's port@host is no address for Postfix; without a host it is this machine.
            "inet" when path.Contains('@', StringComparison.Ordinal) => "",
            "inet" when !path.Contains(':', StringComparison.Ordinal) => $"inet:127.0.0.1:{path}",
            "inet" => Address,
            _ => "",
        };
        return MilterEndpoint.TryParse(text, out var endpoint, out _) ? endpoint : null;
    }

    private static PostfixMilter Read(string element)
    {
        var parts = PostfixList.Split(PostfixList.WithoutBraces(element));
        var options = new Dictionary<string, string>();
        foreach (string option in parts.Skip(1).Select(PostfixList.WithoutBraces))
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                options[option[..equals].Trim()] = PostfixList.WithoutBraces(option[(equals + 1)..].Trim());
        }
        return new PostfixMilter(parts.Count > 0 ? parts[0] : "", options);
    }
}
