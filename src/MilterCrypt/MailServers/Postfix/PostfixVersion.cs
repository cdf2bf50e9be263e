using System.Globalization;

namespace MilterCrypt.MailServers.Postfix;

/// <summary>A release of Postfix, by its <c>mail_version</c>: 3.7.11, 3.9.0-RC1, 3.12-20260821.</summary>
/// <param name="Text">As Postfix says it.</param>
/// <param name="Number">Its numbers; a missing one is 0.</param>
internal sealed record PostfixVersion(string Text, Version Number)
{
    /// <summary>Reads a version; what is none counts as the newest.</summary>
    public static PostfixVersion Parse(string text)
    {
        int[] numbers = [.. text.Split('-')[0].Split('.').Select(part =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1)];
        return numbers is [>= 0, >= 0, ..]
            ? new PostfixVersion(text, new Version(numbers[0], numbers[1], numbers.Length > 2 ? Math.Max(0, numbers[2]) : 0))
            : new PostfixVersion(text, new Version(int.MaxValue, 0, 0));
    }

    /// <summary>Whether it is one before those in which a fix came: one release for each line that was kept up then, the
    /// oldest first. A line older than all of them never got it, a newer one had it from the start.</summary>
    public bool IsBefore(params IReadOnlyList<Version> fixedIn)
    {
        var ofItsLine = fixedIn.FirstOrDefault(release => release.Major == Number.Major && release.Minor == Number.Minor);
        return ofItsLine is not null ? Number < ofItsLine : Number < fixedIn[0];
    }

    /// <inheritdoc/>
    public override string ToString() => Words.Value(Text);
}
