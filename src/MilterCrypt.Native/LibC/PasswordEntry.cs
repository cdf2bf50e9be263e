using System.Runtime.InteropServices;

namespace MilterCrypt.Native.LibC;

/// <summary>struct passwd of &lt;pwd.h&gt;.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PasswordEntry
{
    public byte* Name;
    private readonly byte* password;
    public uint User;
    public uint Group;
    private readonly byte* comment;
    private readonly byte* home;
    private readonly byte* shell;
}
