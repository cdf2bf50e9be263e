using MilterCrypt.Fuzz.Targets;

namespace MilterCrypt.Fuzz;

/// <summary>All that is fuzzed.</summary>
public static class FuzzTargets
{
    /// <summary>What MTAs, filters, senders, key owners, key holders and MTAs' listeners wrote, in this order; then the administrator.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("frame-reader", WireTargets.Frames, Seeds.Sessions) { IsFramed = true },
        new("session", SessionTarget.Run, Seeds.Sessions) { IsFramed = true, MaxLength = 16 * 1024, FixedCost = 4 << 20, CostEachByte = 2000 },
        new("negotiation", WireTargets.Negotiations, Seeds.Negotiations),
        new("macros", WireTargets.Macros, Seeds.Macros),
        new("client-info", WireTargets.Clients, Seeds.Clients),
        new("envelope-path", WireTargets.Paths, Seeds.Paths),
        new("esmtp-parameters", WireTargets.Parameters, Seeds.Parameters),
        new("xtext", WireTargets.Xtexts, Seeds.Xtexts),
        new("header-value", WireTargets.HeaderValues, Seeds.HeaderValues),
        new("milter-client", ClientTarget.Run, Seeds.Replies) { IsFramed = true, FixedCost = 4 << 20, CostEachByte = 2000 },
        new("milter-endpoint", WireTargets.Endpoints, Seeds.Endpoints),
        new("message-header", MailTargets.Headers, Seeds.Mail) { MaxLength = 16 * 1024 },
        new("content-type", MailTargets.ContentTypes, Seeds.ContentTypes),
        new("mail-address", MailTargets.Addresses, Seeds.Addresses),
        new("report", ReportTarget.Messages, Seeds.Reports) { MaxLength = 8 * 1024, CostEachByte = 500 },
        new("returned-body", ReportTarget.ReturnedBodies, Seeds.Mail),
        new("origin", OriginTarget.Run, OriginTarget.Seeds),
        new("subject", SubjectTarget.Run, Seeds.Subjects) { MaxLength = 16 * 1024, CostEachByte = 5000 },
        new("encrypted-message", OpenPgpTargets.Scan, Seeds.EncryptedMessages) { MaxLength = 16 * 1024 },
        new("armor", OpenPgpTargets.Armor, Seeds.Certificates) { MaxLength = 16 * 1024 },
        new("certificate", OpenPgpTargets.Certificates, Seeds.Certificates) { MaxLength = 16 * 1024, FixedCost = 32 << 20, CostEachByte = 5000 },
        new("message-known-key", MessageTargets.WithKnownKey, () => MessageSeeds.KnownKey) { MaxLength = 8 * 1024, FixedCost = 8 << 20, CostEachByte = 2000 },
        new("message-real-keys", MessageTargets.WithRealKeys, () => MessageSeeds.RealKeys) { MaxLength = 8 * 1024, FixedCost = 4 << 20, CostEachByte = 2000 },
        new("packet-framer", PacketTargets.Frames, () => MessageSeeds.KnownKey.Concat(Seeds.EncryptedMessages()).Where(seed => seed[0] >= 0x80)) { CostEachByte = 20_000 },
        new("armor-decoder", PacketTargets.Armor, () => MessageSeeds.KnownKey.Concat(Seeds.EncryptedMessages()).Where(seed => seed[0] < 0x80)) { MaxLength = 16 * 1024 },
        new("decompressor", PacketTargets.Decompress, Seeds.Compressed) { FixedCost = 8 << 20 },
        new("detached-signature", MessageTargets.Detached, Seeds.DetachedSignatures) { FixedCost = 2 << 20, CostEachByte = 1000 },
        new("cleartext-message", MessageTargets.Cleartext, Seeds.CleartextMessages) { FixedCost = 2 << 20, CostEachByte = 1000 },
        new("secret-key", SecretTargets.Keys, SecretTargets.KeySeeds),
        new("secret-certificate", SecretTargets.Certificates, SecretTargets.CertificateSeeds) { MaxLength = 16 * 1024, FixedCost = 8 << 20, CostEachByte = 2000 },
        new("session-key", SecretTargets.SessionKeys, SecretTargets.SessionKeySeeds),
        new("holder-frames", HolderTargets.Frames, HolderTargets.FrameSeeds) { MaxLength = 16 * 1024, CostEachByte = 2000 },
        new("opening", OpeningTarget.Run, OpeningTarget.Seeds) { MaxLength = 8 * 1024, FixedCost = 4 << 20, CostEachByte = 2000 },
        new("agent-answer", AgentTargets.Answers, AgentTargets.AnswerSeeds),
        new("agent-expression", AgentTargets.Expressions, AgentTargets.ExpressionSeeds),
        new("injection-replies", InjectionTargets.Replies, InjectionTargets.ReplySeeds),
        new("held-file", HeldFileTarget.Run, HeldFileTarget.Seeds) { CostEachByte = 500 },
        new("log-line", LogTarget.Lines, LogTarget.Seeds) { CostEachByte = 500 },
        new("configuration", MailTargets.Configurations, Seeds.Configurations) { FixedCost = 4 << 20, CostEachByte = 5000 },
    ];
}
