using System.Collections;
using System.Runtime.InteropServices;
using System.Text;

namespace MilterCrypt.Native.LibC;

/// <summary>The program that this process runs.</summary>
public static partial class ProcessImage
{
    /// <summary>Runs the program anew in this process, with the same arguments and one variable of the environment set
    /// (execve(2)): for what the runtime reads before any code of ours. Number, descriptors and limits stay.</summary>
    /// <param name="variable">The variable.</param>
    /// <param name="value">What it is set to.</param>
    /// <returns>What went wrong: where nothing did, it does not return.</returns>
    public static string BeginAnew(string variable, string value)
    {
        byte[] arguments;
        try
        {
            arguments = File.ReadAllBytes("/proc/self/cmdline");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return failure.Message;
        }

        var environment = Environment.GetEnvironmentVariables();
        environment[variable] = value;
        byte[] settings = [.. environment.Cast<DictionaryEntry>().SelectMany(static entry => Encoding.UTF8.GetBytes($"{entry.Key}={entry.Value}\0"))];
        return Execute(Environment.ProcessPath!, arguments, settings);
    }

    private static unsafe string Execute(string program, byte[] arguments, byte[] settings)
    {
        fixed (byte* firstArgument = arguments, firstSetting = settings)
        {
            nint[] argumentList = Pointers(arguments, (nint)firstArgument), settingList = Pointers(settings, (nint)firstSetting);
            _ = Execute(program, argumentList, settingList);
            return Marshal.GetLastPInvokeErrorMessage();
        }
    }

    // The texts end in NUL each, the list of them in a null pointer.
    private static nint[] Pointers(byte[] texts, nint first)
    {
        var pointers = new List<nint>();
        for (int start = 0; start < texts.Length; start += texts.AsSpan(start).IndexOf((byte)0) + 1)
            pointers.Add(first + start);
        return [.. pointers, 0];
    }

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string program, nint[] arguments, nint[] environment);
}
