using MilterCrypt.Milter;

namespace MilterCrypt.Cases;

/// <summary>What a case is run on: a real mail server, or the milter library's client with that server's habits.</summary>
public sealed record MtaUnderTest(MtaKind Kind, bool IsReal)
{
    public override string ToString() => IsReal ? Kind.ToString() : $"the mock of {Kind}";
}
