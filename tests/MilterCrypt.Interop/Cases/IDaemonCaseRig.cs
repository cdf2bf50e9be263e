using MilterCrypt.Cases.Mta;
using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Interop.Cases;

/// <summary>What cases are run on whose filter is the program: a mail server, real or not, that asks it and has a listener for what it
/// hands back.</summary>
public interface IDaemonCaseRig
{
    /// <summary>Skips the test, with the reason, where this machine lacks something that the rig is made of.</summary>
    void Require();

    MilterCryptDaemon Daemon { get; }

    People People { get; }

    /// <summary>Between the program and that listener.</summary>
    SmtpTap HandingBack { get; }

    /// <summary>The mail server, for one case more.</summary>
    ICaseMta ForOneCase();
}
