//! The fault catalogue: one stable code per thing that can be wrong with a device.
//!
//! Vocabulary after XFS4IoT (common status, error event with recommended action) and UnifiedPOS. Words for
//! citizen, staff and technician are looked up by [`Code::as_str`] outside this crate; here are only the code,
//! its class, its action and the device state it implies.

/// Common device state (XFS4IoT `CommonStatus.device`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceState {
    /// Works.
    Online,
    /// Known, but it does not answer or cannot work now.
    Offline,
    /// Not there.
    NoDevice,
    /// There, but we may not open it.
    NotPermitted,
    /// There, but somebody else or another command holds it.
    Busy,
    /// Broken until a technician has been there.
    HardwareError,
    /// Waits for a person: paper, cover, jam.
    UserError,
    /// Somebody tampers with it.
    FraudAttempt,
}

/// Whose fault it is (XFS4IoT `ErrorEvent.errorClass`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// The machine.
    Hardware,
    /// A program or a setting.
    Software,
    /// Handling, consumables, media.
    User,
    /// Tampering.
    Fraud,
}

/// What to do about it (after XFS4IoT `ErrorEvent.action`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Remove what is in the way.
    Clear,
    /// Put in paper or toner.
    Refill,
    /// Power or service off and on.
    Reset,
    /// Correct the configuration.
    Configure,
    /// Call a technician.
    Maintain,
    /// Take the device out of use.
    Suspend,
}

/// One line per fault: variant, stable code, state, class, action. The only such table.
macro_rules! catalogue {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $state:ident, $class:ident, $action:ident;)+) => {
        /// A stable fault code. It never changes its meaning once released.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name,)+ }

        impl Code {
            /// Every code, in catalogue order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The code as it stands in logs, journals and word tables.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The common device state this fault implies.
            #[must_use]
            pub const fn state(self) -> DeviceState {
                match self { $(Self::$name => DeviceState::$state,)+ }
            }

            /// Whose fault it is.
            #[must_use]
            pub const fn class(self) -> Class {
                match self { $(Self::$name => Class::$class,)+ }
            }

            /// What to do about it.
            #[must_use]
            pub const fn action(self) -> Action {
                match self { $(Self::$name => Action::$action,)+ }
            }
        }
    };
}

catalogue! {
    /// The PC/SC service does not answer.
    CardService = "card.service_down", Offline, Software, Reset;
    /// No reader matches the configured name.
    CardNoReader = "card.no_reader", NoDevice, Hardware, Maintain;
    /// The reader may not be opened by us.
    CardNotPermitted = "card.not_permitted", NotPermitted, Software, Configure;
    /// Another program holds the reader.
    CardBusy = "card.busy", Busy, Software, Reset;
    /// The card left the reader before the command ended.
    CardGone = "card.gone", Online, User, Clear;
    /// A card is in, but it gives no answer to reset: wrong way round, dirty or dead.
    CardMute = "card.mute", UserError, User, Clear;
    /// A card answers, but it is not a social security card.
    CardForeign = "card.foreign", UserError, User, Clear;
    /// The card answers with what no specification allows.
    CardGarbled = "card.garbled", UserError, Hardware, Clear;
    /// The card refuses: its PIN is locked.
    CardPinLocked = "card.pin_locked", Online, User, Clear;
    /// The card refuses the terminal's authentication.
    CardAuthFailed = "card.auth_failed", Online, Software, Configure;
    /// The card or reader did not answer in time.
    CardTimeout = "card.timeout", Offline, Hardware, Maintain;
    /// A card is stuck in the motorised reader.
    CardJammed = "card.jammed", UserError, User, Clear;
    /// The motorised reader's bin for retained cards takes no more.
    CardBinFull = "card.bin_full", UserError, User, Clear;
    /// The card reader says that it is broken.
    CardBroken = "card.broken", HardwareError, Hardware, Maintain;

    /// The terminal's security module is not there.
    PsamAbsent = "psam.absent", NoDevice, Hardware, Maintain;
    /// The terminal's security module does not work.
    PsamBroken = "psam.broken", HardwareError, Hardware, Maintain;
    /// The terminal's security module does not answer for this card.
    PsamRefused = "psam.refused", Online, Software, Configure;

    /// A vendor bridge is not running.
    BridgeDown = "bridge.down", Offline, Software, Reset;
    /// A vendor bridge's socket may not be connected to by us.
    BridgeNotPermitted = "bridge.not_permitted", NotPermitted, Software, Configure;
    /// A vendor bridge's configured path leads to something that is no socket.
    BridgeNotASocket = "bridge.not_a_socket", NoDevice, Software, Configure;
    /// A vendor bridge speaks another version of the protocol.
    BridgeWrongVersion = "bridge.wrong_version", Offline, Software, Configure;
    /// A vendor bridge serves another class of device.
    BridgeWrongClass = "bridge.wrong_class", Offline, Software, Configure;
    /// A vendor bridge does not answer in time.
    BridgeNoAnswer = "bridge.no_answer", Offline, Software, Reset;
    /// A vendor bridge talks nonsense.
    BridgeGarbled = "bridge.garbled", Offline, Software, Maintain;
    /// A vendor bridge works for another command.
    BridgeBusy = "bridge.busy", Busy, Software, Reset;
    /// A vendor bridge does not know a command of its class.
    BridgeNotSupported = "bridge.not_supported", Online, Software, Configure;
    /// A command to a vendor bridge was cancelled.
    BridgeCancelled = "bridge.cancelled", Online, User, Clear;

    /// The resident-ID reader is not there.
    IdOffline = "id.offline", NoDevice, Hardware, Maintain;
    /// The resident-ID reader's port may not be opened by us.
    IdNotPermitted = "id.not_permitted", NotPermitted, Software, Configure;
    /// Another program holds the resident-ID reader's port.
    IdBusy = "id.busy", Busy, Software, Reset;
    /// The resident-ID reader's configured path leads to something that is no device.
    IdNotADevice = "id.not_a_device", NoDevice, Software, Configure;
    /// The resident-ID reader does not answer.
    IdNoAnswer = "id.no_answer", Offline, Hardware, Maintain;
    /// The resident-ID reader answers with what no protocol allows.
    IdGarbled = "id.garbled", Offline, Hardware, Maintain;
    /// The resident-ID reader's security module does not work or is not authorised.
    IdSamFault = "id.sam_fault", HardwareError, Hardware, Maintain;
    /// The document could not be read to its end.
    IdUnreadable = "id.unreadable", UserError, User, Clear;
    /// Document and security module do not accept each other.
    IdRefused = "id.refused", UserError, User, Clear;
    /// A document from before lies on the reader.
    IdLeftBehind = "id.left_behind", UserError, User, Clear;
    /// Nobody laid a document down.
    IdNothingLaidDown = "id.nothing_laid_down", Online, User, Clear;
    /// Waiting for a document was cancelled.
    IdCancelled = "id.cancelled", Online, User, Clear;

    /// The reader for staff cards is not there.
    StaffOffline = "staff.offline", NoDevice, Hardware, Maintain;
    /// The reader for staff cards may not be opened by us.
    StaffNotPermitted = "staff.not_permitted", NotPermitted, Software, Configure;
    /// Another program holds the staff card.
    StaffBusy = "staff.busy", Busy, Software, Reset;
    /// What lies on the reader is no staff card.
    StaffForeign = "staff.foreign", UserError, User, Clear;
    /// The staff card left before it had signed, gave no answer to reset, or answered with what is not specified.
    StaffUnreadable = "staff.unreadable", UserError, User, Clear;
    /// A card from before lies on the reader for staff cards.
    StaffLeftBehind = "staff.left_behind", UserError, User, Clear;
    /// Nobody presented a staff card.
    StaffNothingPresented = "staff.nothing_presented", Online, User, Clear;
    /// Waiting for a staff card was cancelled.
    StaffCancelled = "staff.cancelled", Online, User, Clear;

    /// The code scanner is not there.
    ScannerOffline = "scanner.offline", NoDevice, Hardware, Maintain;
    /// The code scanner's port may not be opened by us.
    ScannerNotPermitted = "scanner.not_permitted", NotPermitted, Software, Configure;
    /// Another program holds the code scanner's port.
    ScannerBusy = "scanner.busy", Busy, Software, Reset;
    /// The code scanner's configured path leads to something that is no device.
    ScannerNotADevice = "scanner.not_a_device", NoDevice, Software, Configure;
    /// A code came that cannot be read as text.
    ScannerUnreadable = "scanner.unreadable", UserError, User, Clear;
    /// Nobody showed a code.
    ScannerNothingShown = "scanner.nothing_shown", Online, User, Clear;
    /// Waiting for a code was cancelled.
    ScannerCancelled = "scanner.cancelled", Online, User, Clear;

    /// The receipt printer cannot be reached.
    ReceiptOffline = "receipt.offline", Offline, Hardware, Maintain;
    /// The receipt printer is out of paper.
    ReceiptPaperOut = "receipt.paper_out", UserError, User, Refill;
    /// The receipt paper is near its end.
    ReceiptPaperLow = "receipt.paper_low", Online, User, Refill;
    /// The receipt printer's cover is open.
    ReceiptCoverOpen = "receipt.cover_open", UserError, User, Clear;
    /// The receipt printer's cutter is stuck.
    ReceiptCutter = "receipt.cutter", HardwareError, Hardware, Clear;
    /// The receipt printer reports an error that it can recover from.
    ReceiptRecoverable = "receipt.recoverable", HardwareError, Hardware, Reset;
    /// The receipt printer reports an error that it cannot recover from.
    ReceiptUnrecoverable = "receipt.unrecoverable", HardwareError, Hardware, Maintain;
    /// The receipt printer took the job and never said that it was done.
    ReceiptNoAnswer = "receipt.no_answer", Offline, Hardware, Maintain;
    /// The receipt printer answers with what no manual allows.
    ReceiptGarbled = "receipt.garbled", Offline, Hardware, Maintain;
    /// The receipt printer may still hold somebody's job.
    ReceiptHoldsJob = "receipt.holds_job", Busy, Hardware, Clear;
    /// The job was cancelled before or while it was printed.
    ReceiptCancelled = "receipt.cancelled", Online, User, Clear;
    /// The receipt printer works for another command.
    ReceiptBusy = "receipt.busy", Busy, Software, Reset;

    /// The page printer cannot be reached.
    PageOffline = "page.offline", Offline, Hardware, Maintain;
    /// The page printer is out of paper.
    PagePaperOut = "page.paper_out", UserError, User, Refill;
    /// The page printer's paper is near its end.
    PagePaperLow = "page.paper_low", Online, User, Refill;
    /// The page printer's cover is open.
    PageCoverOpen = "page.cover_open", UserError, User, Clear;
    /// Paper is jammed in the page printer.
    PageJam = "page.jam", UserError, User, Clear;
    /// The page printer is out of toner or ink.
    PageTonerOut = "page.toner_out", UserError, User, Refill;
    /// The page printer has been stopped or paused.
    PageStopped = "page.stopped", Offline, Hardware, Reset;
    /// The page printer gave the job up.
    PageAborted = "page.aborted", HardwareError, Hardware, Maintain;
    /// The page printer refuses this kind of document.
    PageRefused = "page.refused", Online, Software, Configure;
    /// The page printer took the job and never said that it was done.
    PageNoAnswer = "page.no_answer", Offline, Hardware, Maintain;
    /// The page printer answers with what the protocol does not allow.
    PageGarbled = "page.garbled", Offline, Hardware, Maintain;
    /// The page printer may still hold somebody's job.
    PageHoldsJob = "page.holds_job", Busy, Hardware, Clear;
    /// The job was cancelled before or while it was printed.
    PageCancelled = "page.cancelled", Online, User, Clear;
    /// A job was printed again after a jam: sheets may lie there twice.
    PageReprinted = "page.reprinted", Online, Hardware, Maintain;
    /// The page printer works for another command.
    PageBusy = "page.busy", Busy, Software, Reset;

    /// The number pad is not there.
    PadOffline = "pad.offline", NoDevice, Hardware, Maintain;
    /// The number pad's port may not be opened by us.
    PadNotPermitted = "pad.not_permitted", NotPermitted, Software, Configure;
    /// Another program holds the number pad's port.
    PadBusy = "pad.busy", Busy, Software, Reset;
    /// The number pad's configured path leads to something that is no device.
    PadNotADevice = "pad.not_a_device", NoDevice, Software, Configure;
    /// The number pad does not answer.
    PadNoAnswer = "pad.no_answer", Offline, Hardware, Maintain;
    /// The number pad answers with what its protocol does not have.
    PadGarbled = "pad.garbled", Offline, Hardware, Maintain;
    /// The number pad has been opened by force.
    PadTampered = "pad.tampered", FraudAttempt, Fraud, Suspend;
    /// The number pad has no keys for PIN blocks.
    PadNoKey = "pad.no_key", Offline, Software, Configure;
    /// The number pad does not encrypt.
    PadNotSupported = "pad.not_supported", Online, Software, Configure;
    /// The person pressed cancel on the number pad.
    PadDeclined = "pad.declined", Online, User, Clear;
    /// Nobody typed on the number pad.
    PadNothingTyped = "pad.nothing_typed", Online, User, Clear;
    /// Typing on the number pad was cancelled.
    PadCancelled = "pad.cancelled", Online, User, Clear;

    /// The sensor board is not there.
    SensorsOffline = "sensors.offline", NoDevice, Hardware, Maintain;
    /// The sensor board's port may not be opened by us.
    SensorsNotPermitted = "sensors.not_permitted", NotPermitted, Software, Configure;
    /// Another program holds the sensor board's port.
    SensorsBusy = "sensors.busy", Busy, Software, Reset;
    /// The sensor board's configured path leads to something that is no device.
    SensorsNotADevice = "sensors.not_a_device", NoDevice, Software, Configure;
    /// The sensor board does not answer.
    SensorsNoAnswer = "sensors.no_answer", Offline, Hardware, Maintain;
    /// The sensor board answers with wrong checks.
    SensorsGarbled = "sensors.garbled", Offline, Hardware, Maintain;
    /// The sensor board has no such input or output.
    SensorsRefused = "sensors.refused", Online, Software, Configure;
    /// The service door is open.
    SensorsDoor = "sensors.door", UserError, User, Clear;
    /// The cabinet is being moved or forced.
    SensorsTamper = "sensors.tamper", FraudAttempt, Fraud, Suspend;
    /// The building's fire alarm.
    SensorsFireAlarm = "sensors.fire_alarm", Online, User, Suspend;

    /// A light is not there.
    LightsAbsent = "lights.absent", NoDevice, Software, Configure;
    /// A light may not be changed by us.
    LightsNotPermitted = "lights.not_permitted", NotPermitted, Software, Configure;

    /// The power service does not answer.
    UpsNoService = "ups.no_service", Offline, Software, Reset;
    /// The power service does not reach the supply.
    UpsNotConnected = "ups.not_connected", NoDevice, Hardware, Maintain;
    /// The power service knows no supply of the configured name.
    UpsUnknownName = "ups.unknown_name", NoDevice, Software, Configure;
    /// The power service refuses us.
    UpsNotPermitted = "ups.not_permitted", NotPermitted, Software, Configure;
    /// The power service answers with what its protocol does not have.
    UpsGarbled = "ups.garbled", Offline, Software, Maintain;
    /// Mains power is lost; the battery carries.
    UpsOnBattery = "ups.on_battery", Online, Hardware, Maintain;
    /// Mains power is lost and the battery nearly empty.
    UpsBatteryLow = "ups.battery_low", Offline, Hardware, Suspend;
    /// The battery should be replaced.
    UpsReplaceBattery = "ups.replace_battery", Online, Hardware, Maintain;
    /// The agency's host name leads nowhere: no name service answers, or none knows the name.
    AgencyNoName = "agency.no_name", Offline, Software, Configure;
    /// The agency's certificate has expired.
    AgencyCertificateExpired = "agency.certificate_expired", Offline, Software, Maintain;
    /// The terminal's own certificate has expired: the agency does not take it.
    AgencyOwnCertificateExpired = "agency.own_certificate_expired", NotPermitted, Software, Configure;
    /// The agency's certificate is not valid at the terminal's time, in a way that only a wrong clock explains, or its answers are of another day.
    AgencyClockWrong = "agency.clock_wrong", Offline, Hardware, Maintain;

    /// The terminal's clock and the agency's differ by more than minutes, and by no more than a day.
    ClockOff = "clock.off", Online, Software, Configure;

    /// What the terminal has to keep cannot be written to its disk.
    StoreUnwritable = "store.unwritable", HardwareError, Hardware, Maintain;
    /// What waits for the agency has no more room.
    StoreOutboxFull = "store.outbox_full", Busy, Software, Maintain;
    /// For more than a day nobody has found out how an act ended.
    StoreUnresolved = "store.unresolved", Online, User, Maintain;
    /// The agency has refused for good something that was kept for it.
    StoreParcelRefused = "store.parcel_refused", Online, User, Maintain;
    /// For more than a day the agency, which answers, has not taken how an act ended, or something that was kept for it.
    StoreUnreported = "store.unreported", Online, User, Maintain;
    /// More than two thirds of the lines that the audit may hold without an export are there.
    StoreAuditFilling = "store.audit_filling", Online, User, Maintain;
    /// The audit may hold no more lines that nobody has exported.
    StoreAuditFull = "store.audit_full", Busy, User, Maintain;
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::collections::BTreeSet;

    #[test]
    fn two_faults_share_one_code() {
        let codes: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes.len(), Code::ALL.len());
    }
}
