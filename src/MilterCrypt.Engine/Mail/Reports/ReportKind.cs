namespace MilterCrypt.Engine.Mail.Reports;

/// <summary>The reports of which something is kept.</summary>
internal enum ReportKind
{
    /// <summary>What became of a delivery (RFC 3464).</summary>
    DeliveryStatus,

    /// <summary>What became of a message that was delivered (RFC 8098).</summary>
    Disposition,
}
