using MilterCrypt.Engine.Policy;
using YamlDotNet.RepresentationModel;

namespace MilterCrypt.Configuration;

/// <summary>Reads <c>match:</c> of a rule.</summary>
/// <param name="ground">What else the configuration has.</param>
internal sealed class MatchReader(PolicyGround ground)
{
    private const long MostOctets = 1L << 40;

    /// <summary>The words for directions.</summary>
    public static (string Word, MailDirection Direction)[] Directions { get; } =
        [("outbound", MailDirection.Outbound), ("inbound", MailDirection.Inbound), ("internal", MailDirection.Internal)];

    /// <summary>What it says; of use only where nothing was noted.</summary>
    public RuleMatch Read(SettingCursor setting)
    {
        var map = setting.Map();
        if (map.Count == 0 && setting.Node is YamlMappingNode { Children.Count: 0 })
            setting.Complain("it is empty; a rule for all mail has no match");
        var match = new RuleMatch
        {
            Senders = map.GetValueOrDefault("sender")?.Addresses() ?? [],
            Recipients = map.GetValueOrDefault("recipient")?.Addresses() ?? [],
            Domains = map.GetValueOrDefault("domain")?.Domains() ?? [],
            Directions = map.TryGetValue("direction", out var direction) ? ReadDirections(direction) : [],
            IsEgress = map.GetValueOrDefault("role")?.Word(("ingress", false), ("egress", true)),
            Users = map.GetValueOrDefault("user")?.LoginNames() ?? [],
            Clients = map.GetValueOrDefault("client")?.Clients() ?? [],
            Tls = map.GetValueOrDefault("tls")?.YesOrNo(),
            Authors = map.GetValueOrDefault("from")?.Addresses() ?? [],
            Headers = map.GetValueOrDefault("header")?.HeaderFields() ?? [],
            Subjects = map.GetValueOrDefault("subject")?.SubjectTexts() ?? [],
            ContentTypes = map.GetValueOrDefault("content-type")?.MediaTypes() ?? [],
            IsListMail = map.GetValueOrDefault("list-mail")?.YesOrNo(),
            LargerThan = map.GetValueOrDefault("larger-than")?.Size(0, MostOctets),
            SmallerThan = map.GetValueOrDefault("smaller-than")?.Size(1, MostOctets),
        };
        if (match.LargerThan + 1 >= match.SmallerThan)
            map["smaller-than"].Complain("no message is smaller than this and larger than `larger-than`");
        if (match.Authors.Any(static pattern => pattern.IsNullSender))
            map["from"].Complain("a From field is never empty: <> is for `sender`");
        return match;
    }

    private List<MailDirection> ReadDirections(SettingCursor setting)
    {
        if (!ground.HasLocalDomains)
            setting.Complain(PolicyReader.NoDirection);
        return [.. setting.List().Select(static entry => entry.Word(Directions)).OfType<MailDirection>()];
    }
}
