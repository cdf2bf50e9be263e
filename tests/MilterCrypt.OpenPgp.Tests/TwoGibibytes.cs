namespace MilterCrypt.OpenPgp.Tests;

/// <summary>What the standard's examples of Argon2 take.</summary>
internal static class TwoGibibytes
{
    public static void SkipWithout() => Assert.SkipUnless(
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > 4L << 30, "Argon2 would take 2 GiB of memory, and there is not twice as much");
}
