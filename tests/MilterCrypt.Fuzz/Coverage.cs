using System.Runtime.InteropServices;
using SharpFuzz;

namespace MilterCrypt.Fuzz;

/// <summary>Which branches the code under test took. Its assemblies write that into a map of 64 KiB once they were changed to
/// do so (as AFL has it); else the map stays empty, and what becomes of inputs is all that guides the search. The map is the
/// process's own.</summary>
internal sealed unsafe class Coverage
{
    private const int Size = 64 * 1024;

    // Whose branches count.
    private static readonly string[] Instrumented =
        ["miltercrypt.dll", "MilterCrypt.Milter.dll", "MilterCrypt.Engine.dll", "MilterCrypt.OpenPgp.dll"];

    private readonly byte* map = SharpFuzz.Common.Trace.SharedMem;
    private readonly byte[] seen = new byte[Size];

    /// <summary>How many branches were seen so far.</summary>
    public int Count { get; private set; }

    /// <summary>Changes the assemblies in a folder so that they write the map.</summary>
    public static void Instrument(string folder)
    {
        foreach (string name in Instrumented)
            _ = Fuzzer.Instrument(Path.Combine(folder, name), _ => true, Options.Value).Count();
    }

    /// <summary>To be called before anything of the code under test runs.</summary>
    public static void Prepare() => SharpFuzz.Common.Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(Size);

    public void Begin()
    {
        new Span<byte>(map, Size).Clear();
        SharpFuzz.Common.Trace.PrevLocation = 0;
    }

    /// <returns>Whether a branch was taken that never was before, or more often by a power of two.</returns>
    public bool End()
    {
        bool isNew = false;
        var taken = new ReadOnlySpan<byte>(map, Size);
        for (int i = taken.IndexOfAnyExcept((byte)0); i >= 0 && i < Size; i++)
        {
            byte times = (byte)(taken[i] == 0 ? 0 : 1 << int.Log2(taken[i]));
            if ((times & ~seen[i]) == 0)
                continue;
            Count += seen[i] == 0 ? 1 : 0;
            seen[i] |= times;
            isNew = true;
        }

        return isNew;
    }
}
