using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine.Tests.Policy;

/// <summary>Patterns and addresses from their texts.</summary>
internal static class Patterns
{
    public static MailAddress To(string text)
    {
        Assert.True(MailAddress.TryParse(text, out var address, out string? reason), reason);
        return address;
    }

    public static AddressPattern Address(string text)
    {
        Assert.True(AddressPattern.TryParse(text, out var pattern, out string? reason), reason);
        return pattern;
    }

    public static DomainPattern Domain(string text)
    {
        Assert.True(DomainPattern.TryParse(text, out var pattern, out string? reason), reason);
        return pattern;
    }

    public static UserPattern User(string text)
    {
        Assert.True(UserPattern.TryParse(text, out var pattern, out string? reason), reason);
        return pattern;
    }

    public static NetworkPattern Network(string text)
    {
        Assert.True(NetworkPattern.TryParse(text, out var pattern, out string? reason), reason);
        return pattern;
    }
}
