//! Sensor board: every change once, and the board's own faults.

use std::process::Command;

use hal::sensors::modbus::{Input, ModbusBoard, Output, Wiring};
use hal::sensors::{Change, Lamp, Sensor, SensorBoard, SensorError};
use hall::emulate::sensors::SensorsEmulator;

use super::{Bench, dial, tell, within};

fn wiring() -> Wiring {
    let input = |address, sensor, normally_closed| Input { address, sensor, normally_closed };
    Wiring {
        unit: 1,
        inputs: vec![input(0, Sensor::Door, false), input(3, Sensor::FireAlarm, true)],
        outputs: vec![Output { address: 2, lamp: Lamp::Receipt }],
    }
}

/// A board whose fire loop is whole.
fn pair(name: &str) -> (Bench, SensorsEmulator, ModbusBoard) {
    let bench = Bench::new(name);
    let mut emulator = SensorsEmulator::plug(&bench.path("port")).unwrap();
    tell(&mut emulator, "close 3");
    let board = ModbusBoard::new(dial(&bench.path("port")), wiring());
    (bench, emulator, board)
}

fn change(sensor: Sensor, active: bool) -> Change {
    Change { sensor, active }
}

#[test]
fn a_cut_wire_hides_the_fire_alarm() {
    let (_bench, mut emulator, mut board) = pair("board-fire");
    assert_eq!(board.changes(&within(300)), Ok(vec![]), "nothing is active");
    tell(&mut emulator, "open 3");
    assert_eq!(board.changes(&within(2000)), Ok(vec![change(Sensor::FireAlarm, true)]));
}

#[test]
fn a_door_opened_while_the_board_was_away_is_not_told() {
    let (_bench, mut emulator, mut board) = pair("board-door");
    assert_eq!(board.changes(&within(300)), Ok(vec![]));
    tell(&mut emulator, "unplug");
    assert_eq!(board.changes(&within(300)), Err(SensorError::Absent));
    tell(&mut emulator, "close 0");
    tell(&mut emulator, "plug");
    let told = (0..5).find_map(|_| board.changes(&within(2000)).ok());
    assert_eq!(told, Some(vec![change(Sensor::Door, true)]));
}

#[test]
fn a_contact_that_bounces_is_told_twice() {
    let (_bench, mut emulator, mut board) = pair("board-bounces");
    assert_eq!(board.changes(&within(300)), Ok(vec![]));
    tell(&mut emulator, "bounce 0 5");
    assert_eq!(board.changes(&within(5000)), Ok(vec![change(Sensor::Door, true)]));
    assert_eq!(board.changes(&within(500)), Ok(vec![]), "told again");
}

#[test]
fn a_light_does_not_switch() {
    let (_bench, mut emulator, mut board) = pair("board-light");
    assert_eq!(board.light(Lamp::Receipt, true, &within(1000)), Ok(true));
    assert!(tell(&mut emulator, "status").ends_with("lit: 2"));
    assert_eq!(board.light(Lamp::Receipt, false, &within(1000)), Ok(true));
    assert!(tell(&mut emulator, "status").ends_with("lit: none"));
    assert_eq!(board.light(Lamp::Page, true, &within(1000)), Ok(false), "nothing is wired there");
}

#[test]
fn board_mute() {
    let (_bench, mut emulator, mut board) = pair("board-mute");
    tell(&mut emulator, "mute");
    assert_eq!(board.changes(&within(0)), Err(SensorError::NoAnswer));
    tell(&mut emulator, "sound");
    assert!(board.changes(&within(0)).is_ok());
}

#[test]
fn board_answers_with_wrong_checksums() {
    let (_bench, mut emulator, mut board) = pair("board-garbled");
    tell(&mut emulator, "damage 2");
    assert!(board.changes(&within(0)).is_ok(), "two damaged frames are not the end");
    tell(&mut emulator, "damage 99");
    assert_eq!(board.changes(&within(0)), Err(SensorError::Garbled));
}

#[test]
fn board_has_no_such_input() {
    let (_bench, mut emulator, mut board) = pair("board-refuses");
    tell(&mut emulator, "refuse");
    assert_eq!(board.changes(&within(0)), Err(SensorError::Refused));
}

/// A Modbus master that we did not write reads the same contacts and switches the same relay.
#[test]
fn another_program_sees_another_board() {
    let (bench, mut emulator, _board) = pair("board-judge");
    tell(&mut emulator, "close 0");
    let port = bench.path("port");
    let ask = |arguments: &[&str]| {
        let line = ["-m", "rtu", "-b", "115200", "-P", "none", "-a", "1", "-0", "-1"];
        let output = Command::new("mbpoll").args(line).args(arguments).arg(&port).output().expect("mbpoll is missing");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let inputs = ask(&["-t", "1", "-r", "0", "-c", "4"]);
    let values: Vec<&str> = inputs.lines().filter_map(|line| line.split_once("]:")).map(|(_, on)| on.trim()).collect();
    assert_eq!(values, ["1", "0", "0", "1"], "{inputs}");
    let output = Command::new("mbpoll")
        .args(["-m", "rtu", "-b", "115200", "-P", "none", "-a", "1", "-0", "-t", "0", "-r", "5"])
        .arg(&port)
        .arg("1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(tell(&mut emulator, "status").ends_with("lit: 5"));
}
